using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// Reads the integer tile of a quantized load as bytes: follows its arithmetic for four elements of sixteen rows at once, whose places are constants within a
/// block, so that what depends on them is too. A tile it does not understand (rows that are no panel, an op on wider integers, a gather, a mask) gives null.
/// </summary>
/// <param name="axes">The tile's indices.</param>
/// <param name="first">The first of the four elements, by its place in the block.</param>
internal sealed class ByteReader(WeightAxes axes, int first)
{
    private readonly Dictionary<Value, Lane?> _known = [];

    /// <summary>The load whose bytes the tile is made of: it names the view and the row.</summary>
    public Op? Source { get; private set; }

    /// <summary>The tile's codes and the range they lie in, or null.</summary>
    public (ByteTree Tree, int Least, int Greatest)? Read(Value codes) =>
        Of(codes) is Data data && Source is not null ? (data.Tree, data.Least, data.Greatest) : null;

    // What a value is in the lanes: a place; bytes; or 16-bit words that are not taken apart yet.
    private abstract record Lane;

    private sealed record Place(LanePlace At) : Lane;

    private sealed record Data(ByteTree Tree, int Least, int Greatest) : Lane;

    private sealed record Words(int[] Offsets) : Lane;

    private sealed record ShiftedWords(int[] Offsets, int[] Counts) : Lane;

    private Lane? Of(Value value)
    {
        if (!_known.TryGetValue(value, out Lane? lane))
            _known[value] = lane = Compute(value);
        return lane;
    }

    private Lane? Compute(Value value)
    {
        if (axes.PlaceOf(value, Each(l => first + (l % QuantizedRow.Packed)), Each(l => l / QuantizedRow.Packed)) is { } place)
            return new Place(place);
        if (value.Definition is not { } op)
            return null;
        switch (op.Code)
        {
            case OpCode.Expand:
                return Of(op.Operands[0]);
            case OpCode.RawLoad:
                return Load(op);
            case OpCode.Lookup when Of(op.Operands[0]) is Data index:
                var table = op.Attr<LookupTable>();
                int[] entries = [.. Enumerable.Range(0, LookupTable.Count).Select(i => (int)table[i])];
                return new Data(new ByteLookup(table, index.Tree), entries.Min(), entries.Max());
        }

        if (!op.Info.IsElementwise)
            return null;
        Lane?[] operands = [.. op.Operands.Select(Of)];
        if (operands.All(o => o is Place))
            return LanePlace.Of(op, [.. operands.Select(o => ((Place)o!).At)]) is { } result ? new Place(result) : null;
        if (operands.Length != 2 || operands[0] is not { } a || operands[1] is not { } b)
            return null;
        return (a, b) switch
        {
            (Words words, Place { At.IsConstant: true } count) when op.Code == OpCode.Shr => new ShiftedWords(words.Offsets, count.At.Offsets),
            (ShiftedWords words, Place { At.IsConstant: true } mask) when op.Code == OpCode.And => Split(words, mask.At.Offsets),
            (Data x, Place { At.IsConstant: true } y) => Combine(op.Code, x, Constant(y.At.Offsets)),
            (Place { At.IsConstant: true } x, Data y) => Combine(op.Code, Constant(x.At.Offsets), y),
            (Data x, Data y) => Combine(op.Code, x, y),
            _ => null,
        };
    }

    private static int[] Each(Func<int, int> lane) => [.. Enumerable.Range(0, ByteTree.Lanes).Select(lane)];

    private static Data Constant(int[] values) => new(new ConstantBytes(values), values.Min(), values.Max());

    private Lane? Load(Op op)
    {
        MemoryAccess access = op.Attr<MemoryAccess>();
        if (access.Masked || op.Operands.Length != 2 || Of(op.Operands[0]) is not Place { At: { IsPanel: true } } || Of(op.Operands[1]) is not Place { At: var place }
            || place.Blocks != axes.Bytes || place.Panels != 0)
            return null;
        if (Source is not null && Source.Attr<MemoryAccess>().View != access.View)
            return null;
        Source ??= op;
        return access.Raw switch
        {
            RawType.U8 => Bytes(place.Offsets, 0, 255, false),
            RawType.I8 => Bytes(place.Offsets, -128, 127, true),
            RawType.U16 => new Words(place.Offsets),
            _ => null,
        };
    }

    private Data? Bytes(int[] offsets, int least, int greatest, bool isSigned)
    {
        int first = Math.Min(offsets.Min(), axes.Bytes - ByteTree.Lanes);
        bool fits = first >= 0 && Enumerable.Range(0, ByteTree.Lanes).All(l => offsets[l] - first >= 0 && (offsets[l] - first) / ByteTree.Window == l / ByteTree.Window);
        return fits ? new Data(new ReadBytes(offsets, first, isSigned), least, greatest) : null;
    }

    // A few bits of a word are bits of one of its bytes.
    private Data? Split(ShiftedWords words, int[] masks)
    {
        bool fits = Enumerable.Range(0, ByteTree.Lanes).All(l => words.Counts[l] is >= 0 and < 16 && masks[l] >= 0 && masks[l] << (words.Counts[l] % 8) < 256);
        return fits && Bytes(Each(l => words.Offsets[l] + (words.Counts[l] / 8)), 0, 255, false) is { } bytes
            && Combine(OpCode.Shr, bytes, Constant(Each(l => words.Counts[l] % 8))) is { } shifted
            ? Combine(OpCode.And, shifted, Constant(masks))
            : null;
    }

    private static Data? Combine(OpCode code, Data a, Data b)
    {
        ConstantBytes? constant = b.Tree as ConstantBytes;
        bool unsigned = a.Least >= 0 && b.Least >= 0;
        switch (code)
        {
            case OpCode.And when constant is { } mask && b.Least >= 0 && (a.Least >= 0 || b.Greatest <= 127):
                return new Data(Masked(a.Tree, mask), 0, Math.Min(b.Greatest, a.Least >= 0 ? a.Greatest : 255));
            case OpCode.Or or OpCode.Xor when unsigned:
                return Made(code, a, b, 0, Bits(a.Greatest | b.Greatest));
            case OpCode.Add:
                return Made(code, a, b, a.Least + b.Least, a.Greatest + b.Greatest);
            case OpCode.Sub:
                return Made(code, a, b, a.Least - b.Greatest, a.Greatest - b.Least);
            case OpCode.Shr when constant is not null && unsigned && b.Greatest < 8:
                return b.Greatest == 0 ? a : Made(code, a, b, 0, a.Greatest >> b.Least);
            case OpCode.Shl when constant is { } count && unsigned && b.Greatest < 8:
                return a.Tree is ByteTest test
                    ? new Data(test with { Values = Each(l => test.Values[l] << count.Values[l]) }, 0, a.Greatest << b.Greatest) is { Greatest: < 256 } shifted ? shifted : null
                    : Made(code, a, b, 0, a.Greatest << b.Greatest);
            default:
                return null;
        }
    }

    private static Data? Made(OpCode code, Data a, Data b, int least, int greatest) =>
        (least >= 0 && greatest < 256) || (least >= -128 && greatest < 128) ? new Data(new ByteOp(code, a.Tree, b.Tree), least, greatest) : null;

    // A single bit that lies elsewhere in each byte is tested where it lies.
    private static ByteTree Masked(ByteTree operand, ConstantBytes mask)
    {
        bool isBit = mask.Values.All(m => m == 1) && operand is ByteOp { Code: OpCode.Shr };
        if (!isBit)
            return new ByteOp(OpCode.And, operand, mask);
        var shift = (ByteOp)operand;
        int[] counts = ((ConstantBytes)shift.B).Values;
        return new ByteTest(shift.A, Each(l => 1 << counts[l]), mask.Values);
    }

    private static int Bits(int value)
    {
        int bits = 1;
        while (bits <= value)
            bits <<= 1;
        return bits - 1;
    }
}
