using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// A scale or an offset as a product with what all runs of a block share: <see cref="Of"/> = (minus) <see cref="Common"/> times <see cref="Each"/>. A block's runs
/// are added up without it, and the sum is multiplied once.
/// </summary>
internal sealed record BlockFactor(Value Common, Value Each, bool IsNegative)
{
    // Below, the sum of a block costs as much as it saves.
    private const int LeastRuns = 4;

    /// <summary>The product that a value is, or null where it is none, or a block has few runs.</summary>
    /// <param name="axes">The weights' indices.</param>
    /// <param name="run">Elements of a run.</param>
    /// <param name="value">The scale or the offset.</param>
    public static BlockFactor? Of(WeightAxes axes, int run, Value? value)
    {
        if (axes.BlockSize / run < LeastRuns)
            return null;
        return value?.Definition switch
        {
            { Code: OpCode.Neg } negation when Of(axes, run, negation.Operands[0]) is { } factor => factor with { IsNegative = !factor.IsNegative },
            { Code: OpCode.Mul } product when IsCommon(product.Operands[0]) => new BlockFactor(product.Operands[0], product.Operands[1], false),
            { Code: OpCode.Mul } product when IsCommon(product.Operands[1]) => new BlockFactor(product.Operands[1], product.Operands[0], false),
            _ => null,
        };

        bool IsCommon(Value operand) => axes.RunOf(operand) == axes.BlockSize;
    }
}
