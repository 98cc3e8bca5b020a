using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>Finds where tiles of two axes lie in memory as matrices, which is what lets a contraction run in one of the target's own loops.</summary>
internal sealed class Matrices(TileState state)
{
    /// <summary>The tile's matrix (of one row, if it has one axis), or null where its elements must be computed, converted or gathered first.</summary>
    public Matrix? Of(Value tile)
    {
        if (state.Buffers.TryGetValue(tile, out TileBuffer? buffer))
            return buffer.Storage.Type == DType.F32 ? Of(buffer) : null;
        return InView(tile, ElementKind.F32);
    }

    /// <summary>Whether a tile lies in a view of such elements as it is, wherever it begins.</summary>
    public bool IsInView(Value tile, ElementKind kind) => InView(tile, kind, _ => Zero) is not null;

    /// <summary>Where a tile lies in a view of such elements as it is, or null.</summary>
    public ViewMatrix? InView(Value tile, ElementKind kind) => InView(tile, kind, value => state.Scalars[value]);

    private ViewMatrix? InView(Value tile, ElementKind kind, Func<Value, Expr> scalar)
    {
        if (state.Buffers.ContainsKey(tile) || tile.Definition is not { Code: OpCode.Load } load || load.Attr<MemoryAccess>() is not { Masked: false } access
            || state.Kernel.Find(access.View).Element.Kind != kind)
            return null;
        int last = load.Operands.Length - 1, rows = -1;
        var start = new Expr[load.Operands.Length];
        for (int axis = 0; axis <= last; axis++)
        {
            Value index = load.Operands[axis];
            if (index.Type.IsScalar)
            {
                start[axis] = scalar(index);
                continue;
            }

            // A tile of one axis is a matrix of one row.
            if (tile.Type.Rank == 1 && axis == last && last > 0 && index.Definition is { Code: OpCode.Range } columns)
            {
                start[axis] = scalar(columns.Operands[0]);
                return new ViewMatrix(access.View, start, last - 1);
            }

            // expand<1> makes a column of indices, which run along the rows, expand<0> a row of them.
            if (index.Definition is not { Code: OpCode.Expand } expand || expand.Operands[0].Definition is not { Code: OpCode.Range } range
                || (expand.Attr<int>() == 1) == (axis == last) || (axis < last && rows >= 0))
                return null;
            rows = axis == last ? rows : axis;
            start[axis] = scalar(range.Operands[0]);
        }

        return rows >= 0 && !load.Operands[last].Type.IsScalar ? new ViewMatrix(access.View, start, rows) : null;
    }

    public static BufferMatrix Of(TileBuffer buffer) => new(buffer.Storage, buffer.RowStride);
}
