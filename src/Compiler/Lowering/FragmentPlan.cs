using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// Whether the tiles of a kernel that share an axis of rows can stay in registers from one product to the next, as those of attention do: a product makes scores, the scores become weights
/// element by element and row by row, and the weights are the left operand of the next product. Every tile with that axis is then a <see cref="Fragment"/>, but those that are only
/// multiplied and made of memory alone.
/// </summary>
internal sealed class FragmentPlan
{
    // As many columns of floats are half of a work-item's registers.
    private const int MostColumns = 128;
    private const int Columns = 16;

    private readonly Kernel _kernel;
    private readonly Value _rows;

    private FragmentPlan(Kernel kernel, Value rows) => (_kernel, _rows) = (kernel, rows);

    /// <summary>The plan of a kernel for so many rows, or null. What says whether a product of two tiles runs on instructions for matrices is the caller's.</summary>
    public static FragmentPlan? Of(Kernel kernel, int rows, Func<Value, Value, bool> isProduct)
    {
        Op[] products = [.. kernel.Body.AllOps.Where(op => op.Code == OpCode.Dot && op.Result.Type.Rank == 2)];
        foreach (Value extent in products.Select(op => op.Result.Type.Shape[0].Dynamic).OfType<Value>().Distinct())
        {
            var plan = new FragmentPlan(kernel, extent);
            if (LaunchExpressions.Most(new Extent(0, extent), kernel) == rows
                && products.Any(op => plan.Covers(op.Result.Type.Shape) && plan.IsOfRegisters(op.Operands[0]))
                && kernel.Body.AllOps.All(op => plan.Bears(op, isProduct)))
                return plan;
        }

        return null;
    }

    public bool Covers(Extent[] shape) => shape.Length > 0 && ReferenceEquals(shape[0].Dynamic, _rows);

    /// <summary>The most columns of a tile that it covers; 1 if it has one axis.</summary>
    public int ColumnsOf(Extent[] shape) => shape.Length == 1 ? 1 : LaunchExpressions.Most(shape[1], _kernel) ?? 0;

    /// <summary>Whether a tile is made of another in registers.</summary>
    public bool IsOfRegisters(Value tile)
    {
        if (tile.Type.IsScalar)
            return false;
        if (tile.Definition is not { } op || op.Info.Class is OpClass.Across or OpClass.Control)
            return Covers(tile.Type.Shape);
        return op.Operands.Any(IsOfRegisters);
    }

    private bool Bears(Op op, Func<Value, Value, bool> isProduct)
    {
        Value[] values = [.. op.Operands, .. op.Results, .. op.Regions.SelectMany(region => region.Arguments)];
        if (!values.All(value => Fits(value.Type.Shape)))
            return false;
        bool isCovered = values.Any(value => Covers(value.Type.Shape));
        return !isCovered || op.Code switch
        {
            OpCode.Dot => op.Result.Type.Rank == 2 && !Covers(op.Operands[1].Type.Shape) && isProduct(op.Operands[0], op.Operands[1]),
            OpCode.Reduce => op.Attr<Reduction>().Axis == 1 && op.Operands[0].Type.Rank == 2,
            OpCode.If => !op.Results.Any(result => Covers(result.Type.Shape)),
            _ => op.Info.Class is OpClass.Leaf or OpClass.Elementwise or OpClass.Shape or OpClass.Memory or OpClass.Control,
        };
    }

    private bool Fits(Extent[] shape)
    {
        if (shape.Length < 2)
            return true;
        if (ReferenceEquals(shape[1].Dynamic, _rows))
            return false;
        int columns = ColumnsOf(shape);
        return !Covers(shape) || columns == 1 || (columns is > 0 and <= MostColumns && columns % Columns == 0);
    }
}
