using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets;

/// <content>
/// Prefetching. A loop that takes rows of a view in blocks works on each block before it reads the next, and by then the processor's own
/// prefetching, which needs some misses in a row to begin, has stopped. So where a row of a block is read, the row one block further on is
/// asked for. It may lie outside the view: a prefetch never faults. The same holds of a loop that takes a vector of numbers in groups, each of which
/// is reduced before the next is read: what is a few groups on is asked for.
/// </content>
internal partial class VectorWriter
{
    // Numbers of four bytes between a group and what is asked for: a page and a half, at whose ends the processor's own prefetching ends.
    private const int NumbersAhead = 1536;
    private const int NumbersOfLine = 16;

    // The indices of the loops over groups that are open.
    private readonly HashSet<string> _groupLoops = [];

    // The steps of the loops over blocks that are open, by the name of their index; and what scalars were declared as.
    private readonly Dictionary<string, int> _blockLoops = [];
    private readonly Dictionary<string, Expr> _scalars = [];

    // The row one block further on, by the name of a row.
    private readonly Dictionary<string, string> _rowsAhead = [];

    protected override void WritePrefetch(Prefetch ahead)
    {
        string place = Address(ahead.Indices.Length == 1 ? PlaceInBuffer(ahead.View, ahead.Indices[0]) : Place(ahead.View, ahead.Indices, Scalar, ahead.ByteOffset));
        for (int at = ahead.Distance; at < ahead.Distance + ahead.Bytes; at += Prefetch.Line)
            WriteRequest(place, at, ahead.Further);
    }

    private void WriteRequest(string place, int distance, int further)
    {
        string address = distance == 0 ? place : $"(byte*)({place}) + {Int(distance)}";
        Line($"Lanes.Prefetch({address}{(further == 0 ? "" : $", {Int(further)}")});");
    }

    private void EnterBlockLoop(For loop)
    {
        if (!loop.IsLanewise && loop.Step is Literal { Value.I32: > 1 } step)
            _blockLoops[loop.Index.Name] = step.Value.I32;
        else if (!loop.IsLanewise)
            _groupLoops.Add(loop.Index.Name);
    }

    private void LeaveBlockLoop(For loop)
    {
        _blockLoops.Remove(loop.Index.Name);
        _groupLoops.Remove(loop.Index.Name);
    }

    // Only elements that are converted one block at a time: those of a float matrix are multiplied where they are.
    private void FindRowsAhead(For loop)
    {
        foreach (LoadView load in CodeWalk.All(loop.Body).SelectMany(CodeWalk.Expressions).OfType<LoadView>())
        {
            Expr[] leading = Leading(load.Indices);
            if (!load.IsVector || Narrow(load.Raw) is not { Length: > 0 } || !_rows.TryGetValue((load.View, load.ByteOffset, leading), out string? row)
                || _rowsAhead.ContainsKey(row))
                continue;
            for (int axis = 0; axis < leading.Length; axis++)
            {
                if (BlockOf(leading[axis]) is not { } rows)
                    continue;
                string ahead = _rowsAhead[row] = row.Replace("__row", "__ahead");
                Line($"{PointerType(Program.Kernel.Find(load.View).Element)}* {ahead} = {row} + {Int(rows)} * {load.View}_{(load.ByteOffset ? 'b' : 's')}{Int(axis)};");
                break;
            }
        }
    }

    private void PrefetchAhead(LoadView load, string address)
    {
        if (load.Indices.Length == 1 && load.Raw == RawType.F32 && GroupOf(load.Indices[0]) is { } group && group % NumbersOfLine == 0)
        {
            Line($"Lanes.Prefetch({address} + {Int(NumbersAhead)});");
            return;
        }

        (string row, string offset) = Place(load.View, load.Indices, Scalar, load.ByteOffset);
        if (_rowsAhead.TryGetValue(row, out string? ahead))
            Line($"Lanes.Prefetch({PartAddress(Address(ahead, offset), 0)});");
    }

    // How much further the next group is.
    private int? GroupOf(Expr index) => index switch
    {
        Var variable when _groupLoops.Contains(variable.Name) => 1,
        Var variable when _scalars.TryGetValue(variable.Name, out Expr? value) => GroupOf(value),
        Apply { Code: OpCode.Add, IsVector: false } sum => sum.Operands.AsEnumerable().Select(GroupOf).FirstOrDefault(each => each is not null),
        Apply { Code: OpCode.Mul, IsVector: false } product when product.Operands[1] is Literal factor => GroupOf(product.Operands[0]) * factor.Value.I32,
        _ => null,
    };

    // A row is the beginning of a block plus the row within it.
    private int? BlockOf(Expr index) => index switch
    {
        Var variable when _blockLoops.TryGetValue(variable.Name, out int step) => step,
        Var variable when _scalars.TryGetValue(variable.Name, out Expr? value) => BlockOf(value),
        Apply { Code: OpCode.Add, IsVector: false } sum => sum.Operands.AsEnumerable().Select(BlockOf).FirstOrDefault(rows => rows is not null),
        _ => null,
    };
}
