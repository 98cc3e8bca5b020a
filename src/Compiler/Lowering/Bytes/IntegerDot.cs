using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// How a product of quantized weights with a <see cref="OpCode.FakeQuantize"/>d row runs in integers: the weights' codes as bytes, 64 at a time,
/// and the tiles of their scales and offsets. With w = scale code + offset and x = s c, a group adds scale s sum(code c) + offset s sum(c)
/// (Dettmers et al., "LLM.int8()", 2022, section 2).
/// </summary>
internal sealed class IntegerDot
{
    // Blocks are taken together until a step fills a vector of bytes.
    private const int LeastChunk = ByteTree.Lanes;

    // Two products of an unsigned and a signed byte must add up within 16 bits: 2 * 129 * 127 <= 32767.
    private const int GreatestUnsigned = 129;

    private IntegerDot(Op load, int blockSize, Value scale, Value? offset, Value axis, int bias, ByteTree[] whole, ByteTree? rest, bool isSigned, int greatest)
    {
        (Load, Scale, Offset, Axis, Bias, Whole, Rest, IsSigned, Greatest) = (load, scale, offset, axis, bias, whole, rest, isSigned, greatest);
        (BlockSize, Chunk) = (blockSize, whole.Length * ByteTree.Lanes);
    }

    /// <summary>A load of the codes' bytes: view and row.</summary>
    public Op Load { get; }

    public Value Scale { get; }

    public Value? Offset { get; }

    /// <summary>The tile of indices along the reduced axis.</summary>
    public Value Axis { get; }

    /// <summary>What the bytes are larger by than the codes.</summary>
    public int Bias { get; }

    /// <summary>The bytes of a chunk, 64 elements each.</summary>
    public ByteTree[] Whole { get; }

    /// <summary>The bytes of one block in the lanes it fills, where blocks are smaller than a chunk; the other lanes repeat them.</summary>
    public ByteTree? Rest { get; }

    public bool IsSigned { get; }

    /// <summary>The greatest byte.</summary>
    public int Greatest { get; }

    public int BlockSize { get; }

    /// <summary>Elements of a step of the loop.</summary>
    public int Chunk { get; }

    public bool HasOffset => Offset is not null;

    /// <summary>Whether codes are smaller than a byte.</summary>
    public bool IsPacked => Whole.Any(tree => tree is not ReadBytes);

    /// <summary>The plan for A times B, or null where the tiles are not of the kind, or a format's bytes are beyond <see cref="ByteReader"/>.</summary>
    public static IntegerDot? Of(TileState state, Value a, Value b)
    {
        if (b.Definition is not { Code: OpCode.FakeQuantize } || Group(b) is not { } group || group % QuantizedRow.Packed != 0
            || a.Type is not { Rank: 2, DType: DType.F32 } || state.Buffers.ContainsKey(a) || Parts(a) is not var (scale, codes, offset))
            return null;
        if (Leaves(codes).FirstOrDefault(o => o.Code == OpCode.RawLoad) is not { } load || AxisOf(load) is not { } axis
            || state.ElementOf(load.Attr<MemoryAccess>().View) is not { Kind: ElementKind.Quantized, BlockSize: var block, BlockBytes: var bytes })
            return null;
        int chunk = Math.Max(block, LeastChunk);
        Cell start = state.ScalarCell(axis.Definition!.Operands[0]);
        bool fits = chunk % block == 0 && chunk % ByteTree.Lanes == 0 && (block >= chunk || ByteTree.Lanes % block == 0) && (group % chunk == 0 || chunk % group == 0)
            && start.IsScalar && start.ScalarDivisor % chunk == 0 && state.DivisorOf(state.ExtentOf(axis)) % block == 0;
        if (!fits)
            return null;

        var parts = new List<(ByteTree Tree, int Least, int Greatest)>();
        for (int from = 0; from < chunk; from += ByteTree.Lanes)
        {
            if (Read(chunk, chunk / block * bytes, l => from + l) is not { } part)
                return null;
            parts.Add(part);
        }

        (ByteTree Tree, int Least, int Greatest)? rest = block < chunk ? Read(block, bytes, l => l % block) : null;
        if (block < chunk && rest is null)
            return null;
        int bias = offset is null ? Math.Max(0, parts.Max(p => Over(p.Tree))) : 0;
        ByteTree[] trees = [.. parts.Select(p => p.Tree).Append(rest?.Tree!).Where(t => t is not null)];
        bool unsigned = parts.All(p => p.Least + bias >= 0 && p.Greatest + bias <= GreatestUnsigned) && (bias == 0 || trees.All(t => Over(t) == bias));
        if (unsigned && bias > 0)
            trees = [.. trees.Select(t => ((ByteOp)t).A)];
        if (!unsigned && parts.Any(p => p.Least < -128 || p.Greatest > 127))
            return null;
        int count = parts.Count;
        return new IntegerDot(load, block, scale, offset, axis, unsigned ? bias : 0, [.. trees.Take(count)], trees.Skip(count).FirstOrDefault(), !unsigned, parts.Max(p => p.Greatest) + (unsigned ? bias : 0));

        (ByteTree Tree, int Least, int Greatest)? Read(int elements, int size, Func<int, int> element) =>
            new ByteReader(axis, elements, size, [.. Enumerable.Range(0, ByteTree.Lanes).Select(element)]).Read(codes);
    }

    /// <summary>The same codes as bytes without a sign.</summary>
    public IntegerDot Unsigned()
    {
        const int Middle = 128;
        var middle = new ConstantBytes([.. Enumerable.Repeat(Middle, ByteTree.Lanes)]);
        ByteTree Lifted(ByteTree tree) => new ByteOp(OpCode.Add, tree, middle);
        return IsSigned
            ? new IntegerDot(Load, BlockSize, Scale, Offset, Axis, Middle, [.. Whole.Select(Lifted)], Rest is null ? null : Lifted(Rest), false, Greatest + Middle)
            : this;
    }

    /// <summary>The constant group size of a rounded tile, or null.</summary>
    public static int? Group(Value rounded) =>
        rounded.Definition!.Operands[1].Definition is { Code: OpCode.Const } group ? group.Attr<Number>().I32 : null;

    // code - bias, the same in every lane.
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

    // The range that the last index of a load is made of.
    private static Value? AxisOf(Op load)
    {
        Value[] ranges = [.. Leaves(load.Operands[load.Operands.Length - 1]).Where(o => o.Code == OpCode.Range).Select(o => o.Result).Distinct()];
        return ranges.Length == 1 ? ranges[0] : null;
    }

    private static IEnumerable<Op> Leaves(Value value)
    {
        if (value.Type.IsScalar || value.Definition is not { } op)
            return [];
        return op.Code is OpCode.RawLoad or OpCode.Range ? [op] : op.Operands.SelectMany(Leaves);
    }
}
