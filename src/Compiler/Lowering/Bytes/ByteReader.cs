using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// Reads the integer tile of a quantized load as bytes: follows its arithmetic for 64 elements of a chunk at once, whose places in the chunk are
/// constants, so that what depends on them is too. A tile it does not understand (an op on wider integers, a gather, a mask) gives null.
/// </summary>
/// <param name="axis">The tile of indices along the reduced axis.</param>
/// <param name="chunk">Elements of a chunk; the axis begins at a multiple of it.</param>
/// <param name="bytes">Bytes of a chunk.</param>
/// <param name="elements">The element in each lane, by its place in the chunk.</param>
internal sealed class ByteReader(Value axis, int chunk, int bytes, int[] elements)
{
    private readonly Dictionary<Value, Lane?> _known = [];

    /// <summary>The load whose bytes the tile is made of: it names the view and the row.</summary>
    public Op? Source { get; private set; }

    /// <summary>The tile's codes and the range they lie in, or null.</summary>
    public (ByteTree Tree, int Least, int Greatest)? Read(Value codes) =>
        Of(codes) is Data data && Source is not null ? (data.Tree, data.Least, data.Greatest) : null;

    // What a value is in the lanes: a number of chunks times Unit plus a constant; bytes; or 16-bit words that are not taken apart yet.
    private abstract record Lane;

    private sealed record Place(int Unit, int[] Offsets) : Lane;

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
        if (ReferenceEquals(value, axis))
            return new Place(chunk, elements);
        if (value.Definition is not { } op)
            return null;
        switch (op.Code)
        {
            case OpCode.Const when op.Attr<Number>().Type == DType.I32:
                return new Place(0, Each(_ => op.Attr<Number>().I32));
            case OpCode.Expand:
                return Of(op.Operands[0]);
            case OpCode.RawLoad:
                return Load(op);
            case OpCode.Lookup when Of(op.Operands[0]) is Data index:
                var table = op.Attr<LookupTable>();
                int[] entries = [.. Enumerable.Range(0, LookupTable.Count).Select(i => (int)table[i])];
                return new Data(new ByteLookup(table, index.Tree), entries.Min(), entries.Max());
        }

        if (op.Operands.Length != 2 || Of(op.Operands[0]) is not { } a || Of(op.Operands[1]) is not { } b)
            return null;
        return (a, b) switch
        {
            (Place x, Place y) => Index(op.Code, x, y),
            (Words words, Place { Unit: 0 } count) when op.Code == OpCode.Shr => new ShiftedWords(words.Offsets, count.Offsets),
            (ShiftedWords words, Place { Unit: 0 } mask) when op.Code == OpCode.And => Split(words, mask.Offsets),
            (Data x, Place { Unit: 0 } y) => Combine(op.Code, x, Constant(y)),
            (Place { Unit: 0 } x, Data y) => Combine(op.Code, Constant(x), y),
            (Data x, Data y) => Combine(op.Code, x, y),
            _ => null,
        };
    }

    private static int[] Each(Func<int, int> lane) => [.. Enumerable.Range(0, ByteTree.Lanes).Select(lane)];

    private static Data Constant(Place place) => new(new ConstantBytes(place.Offsets), place.Offsets.Min(), place.Offsets.Max());

    private static Place? Index(OpCode code, Place a, Place b)
    {
        switch (code)
        {
            case OpCode.Add:
                return new Place(a.Unit + b.Unit, Each(l => a.Offsets[l] + b.Offsets[l]));
            case OpCode.Sub:
                return new Place(a.Unit - b.Unit, Each(l => a.Offsets[l] - b.Offsets[l]));
            case OpCode.Mul when a.Unit == 0 && Uniform(a) is { } factor:
                return new Place(b.Unit * factor, Each(l => b.Offsets[l] * factor));
            case OpCode.Mul when b.Unit == 0 && Uniform(b) is { } factor:
                return new Place(a.Unit * factor, Each(l => a.Offsets[l] * factor));
            case OpCode.Div or OpCode.Rem when b.Unit == 0 && Uniform(b) is > 0 and var d && a.Unit % d == 0 && a.Offsets.Min() >= 0:
                return code == OpCode.Div ? new Place(a.Unit / d, Each(l => a.Offsets[l] / d)) : new Place(0, Each(l => a.Offsets[l] % d));
            default:
                return null;
        }
    }

    private static int? Uniform(Place place) => place.Offsets.All(o => o == place.Offsets[0]) ? place.Offsets[0] : null;

    private Lane? Load(Op op)
    {
        MemoryAccess access = op.Attr<MemoryAccess>();
        int last = op.Operands.Length - 1;
        bool isFirst = Source is null;
        if (access.Masked || Of(op.Operands[last]) is not Place place || place.Unit != bytes)
            return null;
        if (!isFirst && (Source!.Attr<MemoryAccess>().View != access.View || !Source.Operands.Take(last).SequenceEqual(op.Operands.Take(last))))
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
        // Pieces that lie in one window are one read: all four of 64 bytes, or neighbours.
        int pieces = ByteTree.Lanes / ByteTree.Window;
        var windows = new int[pieces];
        foreach (int together in new[] { 1, 2, pieces })
        {
            for (int w = 0; w < pieces; w += together)
            {
                int[] part = [.. offsets.Skip(w * ByteTree.Window).Take(together * ByteTree.Window)];
                int window = Math.Min(part.Min(), bytes - ByteTree.Window);
                bool fits = window >= 0 && part.Max() < window + ByteTree.Window;
                if (!fits && together == 1)
                    return null;
                if (fits)
                    Fill(windows, w, together, window);
            }
        }

        return new Data(new ReadBytes(offsets, windows, isSigned), least, greatest);
    }

    private static void Fill(int[] values, int from, int count, int value)
    {
        for (int i = from; i < from + count; i++)
            values[i] = value;
    }

    // A few bits of a word are bits of one of its bytes.
    private Data? Split(ShiftedWords words, int[] masks)
    {
        bool fits = Enumerable.Range(0, ByteTree.Lanes).All(l => words.Counts[l] is >= 0 and < 16 && masks[l] >= 0 && masks[l] << (words.Counts[l] % 8) < 256);
        return fits && Bytes(Each(l => words.Offsets[l] + (words.Counts[l] / 8)), 0, 255, false) is { } bytes
            && Combine(OpCode.Shr, bytes, Constant(new Place(0, Each(l => words.Counts[l] % 8)))) is { } shifted
            ? Combine(OpCode.And, shifted, Constant(new Place(0, masks)))
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
