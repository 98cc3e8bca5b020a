using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>The loops of an <see cref="IntegerDot"/>: one row of weights after the other, a chunk a step.</summary>
internal sealed class IntegerDotNest(TileState state, ElementEmitter emitter, IntegerDot dot, QuantizedRow other, SourceLocation location)
{
    // Neighbouring steps add to different sums, so that none waits for the one before.
    private readonly Var[] _sums = [.. Enumerable.Range(0, 2).Select(_ => state.NewVar("sum", DType.F32, true))];

    /// <summary>The sum of a row, in lanes, over <paramref name="length"/> elements.</summary>
    public Expr Row(AxisIndex row, Expr length)
    {
        foreach (Var sum in _sums)
            emitter.Innermost.Add(new Let(sum, new Broadcast(new Literal(Number.Of(0f))), true) { Location = location });
        Expr whole = length is Literal known ? Int(known.Value.I32 / dot.Chunk * dot.Chunk)
            : dot.Rest is null ? length : emitter.Bind(And(length, Int(-dot.Chunk)), null, emitter.Depth);
        Expr origin = WeightChunk.Origin(state, emitter, dot);
        Loop(Zero, whole, dot.Chunk, row, origin, dot.Whole);
        if (dot.Rest is { } rest)
            Loop(whole, length, dot.BlockSize, row, origin, [rest]);
        return new Apply(OpCode.Add, DType.F32, true, _sums);
    }

    private void Loop(Expr from, Expr to, int chunk, AxisIndex row, Expr origin, ByteTree[] trees)
    {
        if (from is Literal a && to is Literal b && a.Value.I32 >= b.Value.I32)
            return;
        Var index = state.NewVar("j", DType.I32, false, chunk);
        var body = new List<Stmt>();
        emitter.Push(body);
        Chunk(new Cell(index, false, 0, chunk), chunk, row, origin, trees);
        emitter.Pop();
        emitter.Innermost.Add(new For(index, from, to, Int(chunk), body) { Location = location });
    }

    private void Chunk(Cell at, int size, AxisIndex row, Expr origin, ByteTree[] trees)
    {
        var chunk = new WeightChunk(state, emitter, dot, row, at, size, origin);
        Cell packed = chunk.Place(QuantizedRow.Packed);
        Expr? count = chunk.Filled < ByteTree.Lanes ? Int(chunk.Filled / QuantizedRow.Packed) : null;

        // One scale of the other operand throughout the chunk goes into the groups' scales. Lanes that repeat others have none.
        bool shared = other.Group % size == 0 && count is null;
        Expr? scale = shared ? Bind(new LoadLocal(other.Scales.Buffer, packed.Scalar(), false)) : null;
        Func<int, Expr> scales = Runs(chunk, dot.Scale, scale);
        Func<int, Expr>? offsets = dot.Offset is { } offset ? Runs(chunk, offset, null) : null;
        if (count is null)
            emitter.Innermost.Add(chunk.Ahead());
        for (int s = 0; s < trees.Length; s++)
        {
            Expr place = (packed with { Offset = packed.Offset + (s * Lanes.Count) }).Scalar();
            Expr? bias = dot.Bias != 0 ? new LoadLocal(other.Sums!, place, true) : null;
            Expr sum = Bind(new DotBytes(chunk.Codes(trees[s], dot.IsSigned), other.Codes.Buffer, place, bias));
            Expr products = Bind(new Apply(OpCode.Convert, DType.F32, true, new[] { sum }, DType.F32));
            Expr factor = Bind(scales(s * ByteTree.Lanes));
            if (!shared)
                factor = Bind(new Apply(OpCode.Mul, DType.F32, true, new[] { factor, Bind(new LoadLocal(other.Scales.Buffer, place, true, count)) }));
            Accumulate(s, products, factor);
            if (offsets is not null)
                Accumulate(s + 1, Bind(new LoadLocal(other.Sums!, place, true, count)), Bind(offsets(s * ByteTree.Lanes)));
        }
    }

    private void Accumulate(int step, Expr a, Expr b)
    {
        Var sum = _sums[step % _sums.Length];
        emitter.Innermost.Add(new Assign(sum, new Apply(OpCode.Fma, DType.F32, true, new[] { a, b, sum })) { Location = location });
    }

    private Expr Bind(Expr expression) => emitter.Bind(expression, null, emitter.Depth);

    // A value that is constant in runs of elements, as lanes of products: lane l is that of the four elements it sums.
    private Func<int, Expr> Runs(WeightChunk chunk, Value value, Expr? factor)
    {
        int run = chunk.Run(value);
        if (chunk.Vector(value, run) is { } vector)
        {
            Expr scaled = Bind(Scaled(vector));
            return from => new PermuteLanes(scaled, new Exprs([.. Enumerable.Range(0, Lanes.Count)
                .Select(l => Int((from + (l * QuantizedRow.Packed % chunk.Filled)) / run))]));
        }

        return from =>
        {
            int length = Math.Max(1, chunk.Filled / run), count = length == 1 ? 1 : ByteTree.Lanes / run;
            Expr[] scalars = [.. Enumerable.Range(0, length).Select(group => Scaled(chunk.Scalar(value, run, (from / run) + group)))];
            scalars = [.. Enumerable.Range(0, count).Select(g => scalars[g % length])];
            return scalars.Length == 1 ? new Broadcast(scalars[0]) : new Spread(scalars);
        };

        Expr Scaled(Expr a) => factor is null ? a
            : Bind(new Apply(OpCode.Mul, DType.F32, a.IsVector, new[] { a, a.IsVector ? new Broadcast(factor) : factor }));
    }
}
