using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// An index in each lane of a vector: blocks and panels passed so far times a number, plus a constant a lane.
/// </summary>
internal sealed record LanePlace(int Blocks, int Panels, int[] Offsets)
{
    public bool IsConstant => Blocks == 0 && Panels == 0;

    /// <summary>Whether it is the number of panels passed.</summary>
    public bool IsPanel => Blocks == 0 && Panels == 1 && Offsets.All(o => o == 0);

    /// <summary>The same in every lane.</summary>
    public static LanePlace Of(int constant, int lanes) => new(0, 0, [.. Enumerable.Repeat(constant, lanes)]);

    /// <summary>An op on places, or null where the result is none.</summary>
    public static LanePlace? Of(Op op, LanePlace[] operands)
    {
        if (operands.All(o => o.IsConstant))
            return Constant(op, operands);
        if (op.Code == OpCode.Select && operands[0].IsConstant)
            return Chosen(operands[0].Offsets, operands[1], operands[2]);
        if (operands.Length != 2)
            return null;
        (LanePlace a, LanePlace b) = (operands[0], operands[1]);
        switch (op.Code)
        {
            case OpCode.Add:
                return new LanePlace(a.Blocks + b.Blocks, a.Panels + b.Panels, [.. a.Offsets.Zip(b.Offsets, (x, y) => x + y)]);
            case OpCode.Sub:
                return new LanePlace(a.Blocks - b.Blocks, a.Panels - b.Panels, [.. a.Offsets.Zip(b.Offsets, (x, y) => x - y)]);
            case OpCode.Mul when (a.Uniform ?? b.Uniform) is { } factor:
                LanePlace other = a.Uniform is null ? a : b;
                return new LanePlace(other.Blocks * factor, other.Panels * factor, [.. other.Offsets.Select(o => o * factor)]);
            case OpCode.Div when Divides(a, b) is { } d:
                return new LanePlace(a.Blocks / d, a.Panels / d, [.. a.Offsets.Select(o => o / d)]);
            case OpCode.Rem when Divides(a, b) is { } d:
                return new LanePlace(0, 0, [.. a.Offsets.Select(o => o % d)]);
            default:
                return null;
        }
    }

    private int? Uniform => IsConstant && Offsets.All(o => o == Offsets[0]) ? Offsets[0] : null;

    private static int? Divides(LanePlace a, LanePlace b) =>
        b.Uniform is > 0 and var d && a.Blocks % d == 0 && a.Panels % d == 0 && a.Offsets.Min() >= 0 ? d : null;

    private static LanePlace? Chosen(int[] conditions, LanePlace a, LanePlace b)
    {
        if (conditions.All(c => c == conditions[0]))
            return conditions[0] != 0 ? a : b;
        return a.Blocks == b.Blocks && a.Panels == b.Panels
            ? new LanePlace(a.Blocks, a.Panels, [.. conditions.Select((c, lane) => c != 0 ? a.Offsets[lane] : b.Offsets[lane])])
            : null;
    }

    private static LanePlace? Constant(Op op, LanePlace[] operands)
    {
        bool divides = op.Code is OpCode.Div or OpCode.Rem;
        if (!op.Info.IsElementwise || op.Result.Type.DType is not (DType.I32 or DType.Bool) || (divides && operands[1].Offsets.Contains(0)))
            return null;
        Number At(int operand, int lane) => operand >= operands.Length ? default
            : op.Code == OpCode.Select && operand == 0 ? Number.OfBits(DType.Bool, operands[0].Offsets[lane])
            : Number.Of(operands[operand].Offsets[lane]);
        return new LanePlace(0, 0, [.. operands[0].Offsets.Select((_, lane) => ScalarMath.Evaluate(op.Code, op.Attribute, At(0, lane), At(1, lane), At(2, lane)).Bits)]);
    }
}
