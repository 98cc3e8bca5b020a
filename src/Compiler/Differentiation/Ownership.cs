using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Differentiation;

/// <summary>
/// Which programs read an element: the gradient of what only one reads is added in place; of what all programs along an axis read, each has
/// a part.
/// </summary>
internal static class Ownership
{
    /// <summary>The grid axes whose programs read different elements. Throws where what is read depends on data.</summary>
    public static HashSet<int> AxesOf(Op load)
    {
        var axes = new HashSet<int>();
        MemoryAccess access = load.Attr<MemoryAccess>();
        int indices = load.Operands.Length - (access.Masked ? 2 : 0);
        for (int i = 0; i < indices; i++)
        {
            if (AxisOf(load.Operands[i], load) is { } axis)
                axes.Add(axis);
        }

        return axes;
    }

    // Different programs along the axis have different indices here.
    private static int? AxisOf(Value index, Op load)
    {
        if (DependsOnData(index))
            throw new IrException($"the elements of '{load.Attr<MemoryAccess>().View}' that it reads are chosen by data, so that two programs may add to one", load.Location);
        return index.Definition switch
        {
            { Code: OpCode.ProgramId } id => id.Attr<int>(),
            { Code: OpCode.Add or OpCode.Sub } sum when IsFixed(sum.Operands[1]) => AxisOf(sum.Operands[0], load),
            { Code: OpCode.Add } sum when IsFixed(sum.Operands[0]) => AxisOf(sum.Operands[1], load),
            { Code: OpCode.Mul } product when !product.Result.Type.IsScalar && IsNonZero(product.Operands[1]) => AxisOf(product.Operands[0], load),
            { Code: OpCode.Mul } product when !product.Result.Type.IsScalar && IsNonZero(product.Operands[0]) => AxisOf(product.Operands[1], load),
            { Code: OpCode.Expand } expand => AxisOf(expand.Operands[0], load),
            { Code: OpCode.Range } range => OfRange(range),
            _ => null,
        };
    }

    // Range(id * block, at most block), the range of a program; or one row after another.
    private static int? OfRange(Op range) => range.Operands[0].Definition switch
    {
        { Code: OpCode.Mul } start when start.Operands[0].Definition is { Code: OpCode.ProgramId } id && IsAtMost(range.Operands[1], start.Operands[1]) => id.Attr<int>(),
        { Code: OpCode.Mul } start when start.Operands[1].Definition is { Code: OpCode.ProgramId } id && IsAtMost(range.Operands[1], start.Operands[0]) => id.Attr<int>(),
        _ => null,
    };

    private static bool IsAtMost(Value extent, Value block) => extent == block || extent.Definition switch
    {
        { Code: OpCode.Min } min => min.Operands.Any(o => IsAtMost(o, block)),
        { Code: OpCode.Max } max => max.Operands.Any(o => IsAtMost(o, block)) && max.Operands.Any(o => o.Definition is { Code: OpCode.Const } c && c.Attr<Number>().I32 <= 0),
        _ => false,
    };

    private static bool IsNonZero(Value value) => value.Definition is { Code: OpCode.Const } constant && constant.Attr<Number>().Bits != 0;

    private static bool IsFixed(Value value) => value.Type.IsScalar && value.Definition is { } op && (op.Code is OpCode.Const or OpCode.Param or OpCode.ViewExtent
        || (op.Info.IsElementwise && op.Operands.All(IsFixed)));

    private static bool DependsOnData(Value value) => value.Definition is not { } op || op.Code is OpCode.Load or OpCode.RawLoad or OpCode.Call || op.Info.Class is OpClass.Across or OpClass.Control
        || op.Operands.Any(DependsOnData);
}
