using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets;

/// <content>
/// Prefetching. A loop that takes rows of a view in blocks works on each block before it reads the next, and by then the processor's own
/// prefetching, which needs some misses in a row to begin, has stopped. So where a row of a block is read, the row one block further on is
/// asked for. It may lie outside the view: a prefetch never faults.
/// </content>
internal partial class VectorWriter
{
    // The steps of the loops over blocks that are open, by the name of their index; and what scalars were declared as.
    private readonly Dictionary<string, int> _blockLoops = [];
    private readonly Dictionary<string, Expr> _scalars = [];

    private void EnterBlockLoop(For loop)
    {
        if (!loop.IsLanewise && loop.Step is Literal { Value.I32: > 1 } step)
            _blockLoops[loop.Index.Name] = step.Value.I32;
    }

    private void LeaveBlockLoop(For loop) => _blockLoops.Remove(loop.Index.Name);

    /// <summary>What leads from a read to the same place one block of rows further on, in the view's elements; null without a block loop.</summary>
    private string? RowsAhead(LoadView load)
    {
        Expr[] leading = Leading(load.Indices);
        for (int axis = 0; axis < leading.Length; axis++)
        {
            if (BlockOf(leading[axis]) is { } rows)
                return $"{Int(rows)} * {load.View}_{(load.ByteOffset ? 'b' : 's')}{Int(axis)}";
        }

        return null;
    }

    // A row is the beginning of a block plus the row within it.
    private int? BlockOf(Expr index) => index switch
    {
        Var variable when _blockLoops.TryGetValue(variable.Name, out int step) => step,
        Var variable when _scalars.TryGetValue(variable.Name, out Expr? value) => BlockOf(value),
        Apply { Code: OpCode.Add, IsVector: false } sum => sum.Operands.AsEnumerable().Select(BlockOf).FirstOrDefault(rows => rows is not null),
        _ => null,
    };
}
