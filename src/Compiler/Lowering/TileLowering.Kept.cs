using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>Which tiles are kept in storage, and which computed where they are used.</content>
internal sealed partial class TileLowering
{
    // Recomputing a tile costs this many simple instructions before storing it pays: used twice; used in a loop below its definition; used as a
    // column, and computed a row at a time otherwise; read once for every row (A) or every few rows (B) of a contraction.
    private const int KeepIfUsedTwice = 6;
    private const int KeepInRegistersIfUsedTwice = 1;
    private const int KeepIfUsedDeeper = 2;
    private const int KeepIfColumn = 2;
    private const int KeepAsContractionA = 4;
    private const int KeepAsContractionB = 24;

    private void Tile(Op op)
    {
        Value tile = op.Result;
        if (op.Code == OpCode.Gather && !_state.Buffers.ContainsKey(op.Operands[0]))
            Keep(op.Operands[0]);
        if (_inPlace.TryGetValue(tile, out TileBuffer? carried))
        {
            if (_open is not null && _open.Roots.Any(r => ReadsElsewhere(r, carried)))
                Flush();
            Materialize(tile, carried, true);
        }
        else if (MustKeep(op))
            Keep(tile);
        else if (op.Info.Class == OpClass.Memory)
            _virtualLoads.Add(tile);
    }

    private bool MustKeep(Op op)
    {
        Value tile = op.Result;
        IReadOnlyList<Op> users = _dependence.Users(tile);
        if (_dependence.IsYielded(tile))
            return true;
        if (op.Code is OpCode.Range or OpCode.Splat or OpCode.Expand or OpCode.Transpose || IsIndex(tile))
            return false;
        bool storedLater = op.Info.Class == OpClass.Memory && _dependence.IsStored(op.Attr<MemoryAccess>().View);
        bool deeper = _dependence.IsUsedDeeper(tile);
        int cost = Cost(tile);
        return (deeper && (storedLater || cost >= KeepIfUsedDeeper))
            || (users.Count > 1 && cost >= (_nests.IsInRegisters(tile) ? KeepInRegistersIfUsedTwice : KeepIfUsedTwice) && _dependence.MeetsSeveral(tile))
            || (cost >= KeepIfColumn && _nests.SharesRows && users.Any(u => u.Code == OpCode.Expand && u.Attr<int>() == 1))
            || (cost >= KeepAsContractionA && users.Any(u => IsContractionOperand(u, 0, tile)))
            || (cost >= KeepAsContractionB && users.Any(u => IsContractionOperand(u, 1, tile)));
    }

    // A few integer steps from a range. Where it is used its form is known (Cell.Index), and with it that a read is contiguous; from storage
    // every read would gather.
    private bool IsIndex(Value value)
    {
        if (value.Type.IsScalar)
            return true;
        if (value.Type.DType != DType.I32 || _state.Buffers.ContainsKey(value) || value.Definition is not { } op)
            return false;
        return op.Code switch
        {
            OpCode.Range => true,
            OpCode.Expand or OpCode.Splat or OpCode.Add or OpCode.Sub or OpCode.Mul => op.Operands.All(IsIndex),
            OpCode.Div or OpCode.Rem => IsIndex(op.Operands[0]) && PowerOf(op.Operands[1]) > 0,

            // What vectors of the range have one number of.
            OpCode.Load when op.Operands.Length == 1 && !_dependence.IsStored(op.Attr<MemoryAccess>().View) => op.Operands[0].Definition is { Code: OpCode.Div } quotient
                && IsIndex(op.Operands[0]) && PowerOf(quotient.Operands[1]) >= Lanes.Count,
            _ => false,
        };

        static int PowerOf(Value divisor) =>
            divisor.Definition is { Code: OpCode.Const } constant && constant.Attr<Number>().I32 is var d && d > 0 && (d & (d - 1)) == 0 ? d : 0;
    }

    // Through a transpose too: storing the tile under it serves it as well.
    private bool IsContractionOperand(Op user, int position, Value tile) =>
        (user.Code == OpCode.Dot && PlanOf(user) is null && user.Operands[position].Type.Rank == 2 && ReferenceEquals(user.Operands[position], tile) && user.Operands[1].Type.Rank == 2)
        || (user.Code == OpCode.Transpose && _dependence.Users(user.Result).Any(u => IsContractionOperand(u, position, user.Result)));

    private int Cost(Value value)
    {
        if (value.Type.IsScalar || _state.Buffers.ContainsKey(value) || value.Definition is not { } op)
            return 0;
        int cost = op.Info.Cost;
        foreach (Value operand in op.Operands)
            cost = Math.Min(1000, cost + Cost(operand));
        return cost;
    }

    private void Keep(Value tile)
    {
        if (!_state.Buffers.ContainsKey(tile))
            Materialize(tile, NewTile(tile), true);
    }

    private TileBuffer NewTile(Value tile)
    {
        Expr[] bounds = tile.Type.Shape.Select(e => _state.Bound(e)).ToArray();
        Expr row = _state.RoundUp(bounds[bounds.Length - 1], _nests.RowPadding);
        Expr size = bounds.Length == 1 ? row : Mul(bounds[0], row);
        return new TileBuffer(_state.NewBuffer(tile.Name, tile.Type.DType, size), tile.Type.Rank, row, _nests.RegistersFor(tile));
    }

    private void Materialize(Value tile, TileBuffer target, bool fromDefinition)
    {
        var root = new MaterializeRoot(tile, target, fromDefinition, _state.Location);
        IEnumerable<Value> reads = fromDefinition && tile.Definition is { } op && !_state.Buffers.ContainsKey(tile) ? op.Operands : [tile];
        Join(root, tile.Type.Shape, reads);
        if (fromDefinition)
        {
            _state.Buffers[tile] = target;
            _pending.Add(tile);
        }
    }
}
