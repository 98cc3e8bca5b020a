using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>
/// Whether a schedule parameter decides in which pieces something is summed: then its value changes how sums are rounded. Where it divides
/// only what is computed apart, such as rows, it changes nothing.
/// </summary>
internal static class ScheduleEffect
{
    /// <summary>What the parameter does to a result, or null for nothing that is known.</summary>
    public static string? Describe(Kernel kernel, string parameter) => Describe(kernel.Body, parameter);

    private static string? Describe(Block block, string parameter)
    {
        foreach (Op op in block.Ops)
        {
            string? effect = Of(op, parameter) ?? op.Regions.Select(region => Describe(region, parameter)).FirstOrDefault(found => found is not null);
            if (effect is not null)
                return effect;
        }

        return null;
    }

    private static string? Of(Op op, string parameter)
    {
        switch (op.Code)
        {
            case OpCode.For when op.Results.Any(r => r.Type.DType == DType.F32) && op.Operands.Take(3).Any(o => Follows(o, parameter)):
                return $"would decide how often the loop in line {Line(op)} rounds";
            case OpCode.While when op.Results.Any(r => r.Type.DType == DType.F32) && op.Regions.SelectMany(r => r.Terminator.Operands).Any(o => Follows(o, parameter)):
                return $"would decide how often the loop in line {Line(op)} rounds";
            case OpCode.Dot when Follows(op.Operands[0].Type.Shape[op.Operands[0].Type.Rank - 1], parameter):
                return $"would decide what the Dot in line {Line(op)} sums";
            case OpCode.Reduce or OpCode.Scan when op.Attr<Reduction>() is { Kind: ReduceKind.Sum } sum && op.Operands[0].Type.DType == DType.F32
                && op.Operands[0].Type.Shape.Where((_, axis) => sum.Axis < 0 || axis == sum.Axis).Any(extent => Follows(extent, parameter)):
                return $"would decide what the sum in line {Line(op)} adds up";
            default:
                return null;
        }
    }

    private static bool Follows(Extent extent, string parameter) => extent.Dynamic is { } value && Follows(value, parameter);

    private static bool Follows(Value value, string parameter) => value.Definition is { } op
        && ((op.Code == OpCode.Param && op.Attr<string>() == parameter) || op.Operands.Any(operand => Follows(operand, parameter)));

    private static string Line(Op op) => op.Location.Line.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
