using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// All fours of a block's codes by one expression, for loops over runs, parts of a run and the fours of a part. What is done to the bytes of a four (<see cref="CodeWord"/>) is the same everywhere but
/// for constants: offsets, shifts, masks. These grow evenly from four to four of a part, and from part to part evenly or as a table says.
/// </summary>
internal sealed class CodeFamily
{
    private readonly Expr[] _members;

    private CodeFamily(Expr[] members, int parts, int fours) => (_members, Parts, Fours) = (members, parts, fours);

    /// <summary>Parts of a run: lower and upper nibbles of the same bytes are two.</summary>
    public int Parts { get; }

    /// <summary>Fours of a part.</summary>
    public int Fours { get; }

    /// <summary>The family of a plan's codes, or null where they differ in more.</summary>
    public static CodeFamily? Of(IntegerDot plan)
    {
        if (!plan.Codes.All(CodeWord.CanRead))
            return null;
        bool hasTests = plan.Codes.Any(HasTest);
        var word = new CodeWord(offset => new BlockWord(Int(offset)), e => e);
        Expr[] members = [.. plan.Codes.Select(tree => word.Of(hasTests ? Tested(tree) : tree))];
        int fours = plan.Run / QuantizedRow.Packed;
        for (int parts = 1; parts < fours; parts *= 2)
        {
            var family = new CodeFamily(members, parts, fours / parts);
            if (family.Unified(members, e => e, (_, _) => Zero) is not null)
                return family;
        }

        return null;
    }

    /// <summary>Four codes.</summary>
    /// <param name="part">The part, counted from the beginning of its block.</param>
    /// <param name="four">The four, counted from the beginning of its part.</param>
    /// <param name="read">The word at an offset from the beginning of the block, as in <see cref="CodeWord"/>.</param>
    /// <param name="bindOfPart">Names an expression where the part is known.</param>
    /// <param name="bind">Names one where the four is.</param>
    public Expr Word(Expr part, Expr four, Func<Expr, Expr> read, Func<Expr, Expr> bindOfPart, Func<Expr, Expr> bind)
    {
        Expr Constant(int[] byPart, int step) => bind(Add(bindOfPart(ByPart(byPart, part, bindOfPart)), Mul(four, Int(step))));
        Expr Bound(Expr e) => e is BlockWord { Offset: var offset } ? read(offset) : bind(e);
        return Unified(_members, Bound, Constant)!;
    }

    // One expression for all members; null where they are not alike. Constants that are not are of a value a part and a step from four to four.
    private Expr? Unified(Expr[] members, Func<Expr, Expr> bind, Func<int[], int, Expr> constant)
    {
        if (members.All(m => m is Literal))
            return Unified([.. members.Select(m => ((Literal)m).Value.I32)], constant);
        members = WithNeutral(members);
        if (!members.All(m => m.GetType() == members[0].GetType() && (m as Apply)?.Code == (members[0] as Apply)?.Code))
            return null;
        Expr[] operands = Operands(members[0]);
        for (int i = 0; i < operands.Length; i++)
        {
            int operand = i;
            if (Unified([.. members.Select(m => Operands(m)[operand])], bind, constant) is not { } unified)
                return null;
            operands[i] = unified;
        }

        return bind(members[0] switch
        {
            BlockWord => new BlockWord(operands[0]),
            PermuteBytes => new PermuteBytes(operands[0], operands[1], operands[2]),
            Apply apply => Make(apply.Code, operands[0], operands[1]),
            var other => throw new IrException($"codes are not made of {other.GetType().Name}"),
        });
    }

    private Expr? Unified(int[] values, Func<int[], int, Expr> constant)
    {
        int step = values[1] - values[0];
        int[] byPart = [.. Enumerable.Range(0, values.Length / Fours).Select(part => values[part * Fours])];
        if (values.Where((value, i) => value != byPart[i / Fours] + (i % Fours * step)).Any())
            return null;
        return step == 0 && byPart.All(value => value == byPart[0]) ? Int(byPart[0]) : IsEven(byPart) || Table(byPart) is not null ? constant(byPart, step) : null;
    }

    private static Expr[] Operands(Expr e) => e switch
    {
        BlockWord word => [word.Offset],
        PermuteBytes permute => [permute.Low, permute.High, permute.Selector],
        Apply apply => [.. apply.Operands.AsEnumerable()],
        _ => [],
    };

    // Where some are shifted or cut and others are not, these are by nothing.
    private static Expr[] WithNeutral(Expr[] members)
    {
        foreach ((OpCode code, int neutral) in new[] { (OpCode.Shr, 0), (OpCode.Shl, 0), (OpCode.And, -1) })
        {
            bool Has(Expr e) => e is Apply apply && apply.Code == code && apply.Operands[1] is Literal;
            if (members.Any(Has) && !members.All(Has))
                return [.. members.Select(m => Has(m) ? m : new Apply(code, DType.I32, false, new[] { m, Int(neutral) }))];
        }

        return members;
    }

    // What a table of bytes that are not negative has to be multiplied by, and what to be added, modulo 2^32; null where it would not do.
    private static (uint Unit, uint Least)? Table(int[] values)
    {
        // Words whose uppermost bit is one of the codes' have no sign.
        bool isUnsigned = values.All(value => value == (value & 255) * 0x01010101);
        long[] numbers = [.. values.Select(value => isUnsigned ? (uint)value : (long)value)];
        long least = numbers.Min(), unit = numbers.Aggregate(0L, (divisor, number) => CommonDivisor(number - least, divisor));
        return values.Length <= LookupTable.Count && numbers.Max() - least <= unit * sbyte.MaxValue ? ((uint)unit, unchecked((uint)least)) : null;
    }

    private static long CommonDivisor(long a, long b) => b == 0 ? a : CommonDivisor(b, a % b);

    private static bool IsEven(int[] values) => values.Length < 3 || values.Select((value, i) => value == values[0] + (i * (values[1] - values[0]))).All(same => same);

    private static Expr ByPart(int[] values, Expr part, Func<Expr, Expr> bind)
    {
        if (IsEven(values))
            return Add(Mul(part, Int(values.Length > 1 ? values[1] - values[0] : 0)), Int(values[0]));
        (uint unit, uint least) = Table(values)!.Value;
        var table = LookupTable.Of([.. Enumerable.Range(0, LookupTable.Count).Select(i => (sbyte)(unchecked((uint)values[i % values.Length] - least) / unit))]);
        Expr entry = bind(new Apply(OpCode.Lookup, DType.I32, false, new[] { part }, table));
        return Add(Mul(entry, Int(unchecked((int)unit))), Int(unchecked((int)least)));
    }

    private static bool HasTest(ByteTree tree) => tree switch
    {
        ByteTest => true,
        ByteLookup lookup => HasTest(lookup.Index),
        ByteOp op => HasTest(op.A) || HasTest(op.B),
        _ => false,
    };

    // A lowest bit that is cut out is one that is tested: others of the family, which lie elsewhere, are.
    private static ByteTree Tested(ByteTree tree) => tree switch
    {
        ByteOp { Code: OpCode.And, A: ReadBytes bits, B: ConstantBytes { Values: var ones } } when ones.All(one => one == 1) => new ByteTest(bits, ones, ones),
        ByteOp { Code: OpCode.Shl, B: ConstantBytes { Values: var counts } } shift when Tested(shift.A) is ByteTest test =>
            test with { Values = [.. test.Values.Select((value, lane) => value << counts[lane])] },
        ByteOp op => new ByteOp(op.Code, Tested(op.A), Tested(op.B)),
        ByteLookup lookup => lookup with { Index = Tested(lookup.Index) },
        _ => tree,
    };

    // A word of a row's bytes, by its offset from the beginning of the block.
    private sealed record BlockWord(Expr Offset) : Expr(DType.I32);
}
