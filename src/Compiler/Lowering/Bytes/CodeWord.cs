using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// Four codes of one row of a panel as a word: a <see cref="ByteTree"/> of sixteen rows, of which a work-item computes its own four bytes, all at once.
/// </summary>
/// <param name="read">The word of the row's bytes at an offset, a multiple of four, from the block's beginning (of the panel's first row).</param>
/// <param name="bind">Names an expression.</param>
internal sealed class CodeWord(Func<int, Expr> read, Func<Expr, Expr> bind)
{
    private const int Bytes = 4;

    /// <summary>Whether every row's bytes are those of its own words, at the same places as every other's.</summary>
    public static bool CanRead(ByteTree tree) => tree switch
    {
        ReadBytes bytes => IsAlike(bytes.Offsets, Bytes) && bytes.Offsets.Take(Bytes).All(o => o / Bytes == bytes.Offsets[0] / Bytes),
        ConstantBytes constant => IsAlike(constant.Values, 0),
        ByteTest test => IsAlike(test.Masks, 0) && IsAlike(test.Values, 0) && CanRead(test.Operand),
        ByteLookup lookup => CanRead(lookup.Index),
        ByteOp { Code: OpCode.Shl or OpCode.Shr } op => op.B is ConstantBytes && CanRead(op.A) && CanRead(op.B),
        ByteOp op => CanRead(op.A) && CanRead(op.B),
        _ => false,
    };

    /// <summary>The word.</summary>
    public Expr Of(ByteTree tree) => tree switch
    {
        ReadBytes bytes => Read(bytes.Offsets),
        ConstantBytes constant => Word(constant.Values),
        ByteTest test => Test(Of(test.Operand), test),
        ByteLookup lookup => Entries(lookup.Table, Of(lookup.Index)),
        ByteOp op => Combined(op),
        _ => throw new IrException($"no bytes of this form: {tree}"),
    };

    private static bool IsAlike(int[] values, int step) => values.Select((value, lane) => value == values[lane % Bytes] + (lane / Bytes * step)).All(same => same);

    private Expr Read(int[] offsets)
    {
        int first = offsets[0] / Bytes * Bytes, selector = 0;
        for (int t = 0; t < Bytes; t++)
            selector |= (offsets[t] - first) << (4 * t);
        Expr word = read(first);
        return selector == 0x3210 ? word : Permute(word, Zero, Int(selector));
    }

    private Expr Combined(ByteOp op)
    {
        if (op is { Code: OpCode.And, A: ByteOp { Code: OpCode.Shr, B: ConstantBytes by } shift, B: ConstantBytes mask } && Uniform(by) is { } bits
            && mask.Values.Take(Bytes).All(m => (m & ~(255 >> bits)) == 0))
            return Bound(OpCode.And, Shifted(OpCode.Shr, Of(shift.A), bits), Word(mask.Values));
        Expr a = Of(op.A);
        if (op is { Code: OpCode.Shl or OpCode.Shr, B: ConstantBytes counts })
            return Shift(op.Code, a, counts.Values);
        Expr b = Of(op.B);
        const int Upper = unchecked((int)0x80808080), Rest = 0x7F7F7F7F;
        switch (op.Code)
        {
            case OpCode.Add when b is Literal { Value.Bits: var lift } && (lift & Rest) == 0:
                return Bound(OpCode.Xor, a, b);
            case OpCode.Add:
                // The uppermost bits apart, so that nothing is carried into the next byte.
                return Bound(OpCode.Xor, Bound(OpCode.Add, Bound(OpCode.And, a, Int(Rest)), Bound(OpCode.And, b, Int(Rest))), Bound(OpCode.And, Bound(OpCode.Xor, a, b), Int(Upper)));
            case OpCode.Sub:
                Expr difference = Bound(OpCode.Sub, Bound(OpCode.Or, a, Int(Upper)), Bound(OpCode.And, b, Int(Rest)));
                return Bound(OpCode.Xor, difference, Bound(OpCode.And, Bound(OpCode.Xor, Bound(OpCode.Xor, a, b), Int(-1)), Int(Upper)));
            default:
                return Bound(op.Code, a, b);
        }
    }

    private static int? Uniform(ConstantBytes counts) => counts.Values.All(c => c == counts.Values[0]) ? counts.Values[0] : null;

    // Each byte by its own count: those of one count together, cut to what stays in a byte.
    private Expr Shift(OpCode code, Expr a, int[] counts)
    {
        Expr? result = null;
        foreach (int count in counts.Take(Bytes).Distinct())
        {
            int kept = code == OpCode.Shr ? 255 >> count : (255 << count) & 255;
            Expr part = Bound(OpCode.And, Shifted(code, a, count), Word([.. counts.Take(Bytes).Select(c => c == count ? kept : 0)]));
            result = result is null ? part : Bound(OpCode.Or, result, part);
        }

        return result!;
    }

    private Expr Shifted(OpCode code, Expr a, int count) => count == 0 ? a : Bound(code, a, Int(count));

    // A byte that is not zero carries into its uppermost bit, which is then all of it.
    private Expr Test(Expr operand, ByteTest test)
    {
        Expr masked = Bound(OpCode.And, operand, Word(test.Masks));
        Expr carried = Bound(OpCode.Or, Bound(OpCode.Add, Bound(OpCode.And, masked, Int(0x7F7F7F7F)), Int(0x7F7F7F7F)), masked);
        return Bound(OpCode.And, Permute(carried, Zero, Int(0xBA98)), Word(test.Values));
    }

    // Three bits choose a byte in each half of the table, the fourth the half.
    private Expr Entries(LookupTable table, Expr index)
    {
        Expr low = Bound(OpCode.And, index, Int(0x07070707));
        Expr selector = Permute(Bound(OpCode.Or, low, Bound(OpCode.Shr, low, Int(4))), Zero, Int(0x4420));
        Expr Half(long half) => Permute(Int(unchecked((int)half)), Int(unchecked((int)(half >> 32))), selector);
        Expr first = Half(table.Low), second = Half(table.High);
        Expr isSecond = Permute(Bound(OpCode.Shl, index, Int(4)), Zero, Int(0xBA98));
        return Bound(OpCode.Xor, first, Bound(OpCode.And, Bound(OpCode.Xor, first, second), isSecond));
    }

    private static Literal Word(int[] values)
    {
        int word = 0;
        for (int t = 0; t < Bytes; t++)
            word |= (values[t] & 255) << (8 * t);
        return Int(word);
    }

    private Expr Permute(Expr low, Expr high, Expr selector) => bind(new PermuteBytes(low, high, selector));

    private Expr Bound(OpCode code, Expr a, Expr b) => bind(Make(code, a, b));
}
