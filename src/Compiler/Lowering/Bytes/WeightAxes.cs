using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>The indices of a tile of weights: what is known of them where a step takes a block of <see cref="Lanes.Count"/> rows.</summary>
/// <param name="Rows">The tile of row indices.</param>
/// <param name="Columns">The tile of indices along the reduced axis.</param>
/// <param name="BlockSize">Elements of a block.</param>
/// <param name="Bytes">Bytes of such a block of all rows.</param>
internal sealed record WeightAxes(Value Rows, Value Columns, int BlockSize, int Bytes)
{
    /// <summary>An index or a constant as a place, or null.</summary>
    /// <param name="value">The value.</param>
    /// <param name="elements">The element of the block in each lane.</param>
    /// <param name="rows">The row in each lane.</param>
    public LanePlace? PlaceOf(Value value, int[] elements, int[] rows) =>
        ReferenceEquals(value, Columns) ? new LanePlace(BlockSize, 0, elements)
        : ReferenceEquals(value, Rows) ? new LanePlace(0, Lanes.Count, rows)
        : value.Definition is { Code: OpCode.Const } constant && constant.Attr<Number>() is { Type: DType.I32 or DType.Bool } number
            ? LanePlace.Of(number.Bits, elements.Length)
            : null;

    /// <summary>
    /// How many elements of a block share a value at least: the longest run, the block halved until no index it is made of changes over one.
    /// </summary>
    public int RunOf(Value value)
    {
        int run = BlockSize;
        int[] elements = [.. Enumerable.Range(0, BlockSize)], rows = new int[BlockSize];
        var places = new Dictionary<Value, LanePlace?>();
        var visited = new HashSet<Value>();
        Visit(value);
        return run;

        void Visit(Value current)
        {
            if (current.Definition is not { } op || !visited.Add(current))
                return;
            if (Place(current) is { } known)
            {
                while (run > 1 && elements.Any(e => known.Offsets[e] != known.Offsets[e / run * run]))
                    run /= 2;
                return;
            }

            foreach (Value operand in op.Operands)
                Visit(operand);
        }

        LanePlace? Place(Value current)
        {
            if (!places.TryGetValue(current, out LanePlace? known))
                places[current] = known = PlaceOf(current, elements, rows) ?? Computed(current);
            return known;
        }

        LanePlace? Computed(Value current)
        {
            if (current.Definition is not { } op)
                return null;
            if (op.Code == OpCode.Expand)
                return Place(op.Operands[0]);
            LanePlace?[] operands = op.Info.IsElementwise ? [.. op.Operands.Select(Place)] : [];
            return operands.Length > 0 && operands.All(o => o is not null) ? LanePlace.Of(op, [.. operands.Select(o => o!)]) : null;
        }
    }
}
