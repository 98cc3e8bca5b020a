using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// How a product of quantized weights with <see cref="OpCode.FakeQuantize"/>d rows runs in integers: the weights' codes as bytes, four elements of sixteen rows at a
/// time, and the tiles of their scales and offsets. With w = scale code + offset and x = s c, a run of elements adds scale s sum(code c) + offset s sum(c)
/// (Dettmers et al., "LLM.int8()", 2022, section 2).
/// </summary>
internal sealed class IntegerDot
{
    private IntegerDot(Op load, Value scale, Value? offset, WeightAxes axes, int run, int bias, ByteTree[] codes, int greatest) =>
        (Load, Scale, Offset, Axes, Run, Bias, Codes, Greatest, Order) = (load, scale, offset, axes, run, bias, codes, greatest, Neighbours(codes, run / QuantizedRow.Packed));

    /// <summary>A load of the codes' bytes: it names the view.</summary>
    public Op Load { get; }

    public Value Scale { get; }

    public Value? Offset { get; }

    public WeightAxes Axes { get; }

    /// <summary>Elements that share scale and offset.</summary>
    public int Run { get; }

    /// <summary>What the bytes are larger by than the codes.</summary>
    public int Bias { get; }

    /// <summary>The bytes of a block, four elements each; they have no sign.</summary>
    public ByteTree[] Codes { get; }

    /// <summary>The greatest byte.</summary>
    public int Greatest { get; }

    /// <summary>The runs of a block, those that read the same bytes one after the other, so that what one has read is at hand for the next.</summary>
    public int[] Order { get; }

    public bool HasOffset => Offset is not null;

    /// <summary>The name of the weights' view.</summary>
    public string View => Load.Attr<MemoryAccess>().View;

    /// <summary>The plan for A times B, or null where the tiles are not of the kind, or a format's bytes are beyond <see cref="ByteReader"/>.</summary>
    public static IntegerDot? Of(TileState state, Value a, Value b)
    {
        if (b.Definition is not { Code: OpCode.FakeQuantize } || Group(b) is not { } group || group % QuantizedRow.Packed != 0
            || a.Type is not { Rank: 2, DType: DType.F32 } || state.Buffers.ContainsKey(a) || Parts(a) is not var (scale, codes, offset))
            return null;
        if (Leaves(codes).FirstOrDefault(o => o.Code == OpCode.RawLoad) is not { } load || AxesOf(state, load) is not { } axes)
            return null;
        int run = Math.Min(group, Math.Min(axes.RunOf(scale), offset is null ? axes.BlockSize : axes.RunOf(offset)));
        while (run > QuantizedRow.Packed && ByteTree.Lanes % run != 0)
            run /= 2;
        bool fits = axes.BlockSize % run == 0 && (group % axes.BlockSize == 0 || axes.BlockSize % group == 0) && group % run == 0
            && run % QuantizedRow.Packed == 0 && StartsAtMultiple(state, axes.Columns, axes.BlockSize) && StartsAtMultiple(state, axes.Rows, Lanes.Count)
            && state.DivisorOf(state.ExtentOf(axes.Columns)) % axes.BlockSize == 0;
        if (!fits)
            return null;

        var parts = new List<(ByteTree Tree, int Least, int Greatest)>();
        for (int first = 0; first < axes.BlockSize; first += QuantizedRow.Packed)
        {
            if (new ByteReader(axes, first).Read(codes) is not { } part)
                return null;
            parts.Add(part);
        }

        // A constant that is taken off every code is taken off their sum instead; what still has a sign is lifted to have none.
        int over = parts.Select(p => Over(p.Tree)).Distinct().Count() == 1 ? Over(parts[0].Tree) : 0;
        ByteTree[] trees = [.. parts.Select(p => over == 0 ? p.Tree : ((ByteOp)p.Tree).A)];
        int least = parts.Min(p => p.Least) + over, greatest = parts.Max(p => p.Greatest) + over, lift = Math.Max(0, -least);
        if (greatest + lift > byte.MaxValue)
            return null;
        if (lift > 0)
            trees = [.. trees.Select(tree => Lifted(tree, lift))];
        return new IntegerDot(load, scale, offset, axes, run, over + lift, trees, greatest + lift);
    }

    /// <summary>The constant group size of a rounded tile, or null.</summary>
    public static int? Group(Value rounded) =>
        rounded.Definition!.Operands[1].Definition is { Code: OpCode.Const } group ? group.Attr<Number>().I32 : null;

    private static int[] Neighbours(ByteTree[] codes, int fours)
    {
        HashSet<int>[] reads = [.. Enumerable.Range(0, codes.Length / fours).Select(run => new HashSet<int>(codes.Skip(run * fours).Take(fours).SelectMany(tree => tree.Reads)))];
        var order = new List<int> { 0 };
        while (order.Count < reads.Length)
        {
            HashSet<int> last = reads[order[order.Count - 1]];
            order.Add(Enumerable.Range(0, reads.Length).Except(order).OrderByDescending(run => reads[run].Count(last.Contains)).First());
        }

        return [.. order];
    }

    private static bool StartsAtMultiple(TileState state, Value range, int unit) =>
        state.ScalarCell(range.Definition!.Operands[0]) is { IsScalar: true } start && start.ScalarDivisor % unit == 0;

    private static ByteTree Lifted(ByteTree tree, int by) =>
        tree is ByteLookup lookup ? lookup.Lifted(by) : new ByteOp(OpCode.Add, tree, new ConstantBytes([.. Enumerable.Repeat(by, ByteTree.Lanes)]));

    // code - over, the same in every lane.
    private static int Over(ByteTree tree) =>
        tree is ByteOp { Code: OpCode.Sub, B: ConstantBytes { Values: var values } } && values.All(v => v == values[0]) ? values[0] : 0;

    // scale * code, or scale * code + offset, as a quantized load is written out.
    private static (Value Scale, Value Codes, Value? Offset)? Parts(Value value)
    {
        if (value.Definition is not { Code: OpCode.Mul or OpCode.Fma } op || op.Operands[1].Definition is not { Code: OpCode.Convert } convert)
            return null;
        Value codes = convert.Operands[0];
        return codes.Type is { DType: DType.I32, IsScalar: false } ? (op.Operands[0], codes, op.Code == OpCode.Fma ? op.Operands[2] : null) : null;
    }

    // The ranges a load's indices are made of: that of the first index are the rows, the other one of the last the columns.
    private static WeightAxes? AxesOf(TileState state, Op load)
    {
        if (load.Operands.Length != 2 || state.ElementOf(load.Attr<MemoryAccess>().View) is not { Kind: ElementKind.Quantized, BlockSize: var block, BlockBytes: var bytes })
            return null;
        Value[] rows = Ranges(load.Operands[0]), columns = [.. Ranges(load.Operands[1]).Except(rows)];
        return rows.Length == 1 && columns.Length == 1 ? new WeightAxes(rows[0], columns[0], block, bytes * Lanes.Count) : null;
    }

    private static Value[] Ranges(Value index) => [.. Leaves(index).Where(o => o.Code == OpCode.Range).Select(o => o.Result).Distinct()];

    private static IEnumerable<Op> Leaves(Value value)
    {
        if (value.Type.IsScalar || value.Definition is not { } op)
            return [];
        return op.Code is OpCode.RawLoad or OpCode.Range ? [op] : op.Operands.SelectMany(Leaves);
    }
}
