using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>The loops of an <see cref="IntegerDot"/>: a few rows of weights side by side, a chunk of each a step.</summary>
internal sealed class IntegerDotNest(TileState state, ElementEmitter emitter, IntegerDot dot, QuantizedRow other, AxisIndex[] rows, SourceLocation location)
{
    // Neighbouring vectors of a chunk add to different sums, so that none waits for the one before.
    private readonly Var[][] _sums = [.. rows.Select(_ => Enumerable.Range(0, dot.Whole.Length > 1 || dot.HasOffset ? 2 : 1)
        .Select(_ => state.NewVar("sum", DType.F32, true)).ToArray())];

    /// <summary>The sum of each row, in lanes, over <paramref name="length"/> elements.</summary>
    public Expr[] Sums(Expr length)
    {
        foreach (Var sum in _sums.SelectMany(s => s))
            emitter.Innermost.Add(new Let(sum, new Broadcast(new Literal(Number.Of(0f))), true) { Location = location });
        Expr whole = length is Literal known ? Int(known.Value.I32 / dot.Chunk * dot.Chunk)
            : dot.Rest is null ? length : emitter.Bind(And(length, Int(-dot.Chunk)), null, emitter.Depth);
        Loop(Zero, whole, dot.Chunk, dot.Whole);
        if (dot.Rest is { } rest)
            Loop(whole, length, dot.BlockSize, [rest]);
        return [.. _sums.Select(sums => sums.Length == 1 ? (Expr)sums[0] : new Apply(OpCode.Add, DType.F32, true, sums))];
    }

    private void Loop(Expr from, Expr to, int chunk, ByteTree[] trees)
    {
        if (from is Literal a && to is Literal b && a.Value.I32 >= b.Value.I32)
            return;
        Var index = state.NewVar("j", DType.I32, false, chunk);
        var body = new List<Stmt>();
        emitter.Push(body);
        Step(new Cell(index, false, 0, chunk), chunk, trees);
        emitter.Pop();
        emitter.Innermost.Add(new For(index, from, to, Int(chunk), body) { Location = location });
    }

    private void Step(Cell at, int size, ByteTree[] trees)
    {
        WeightChunk[] chunks = [.. rows.Select(row => new WeightChunk(state, emitter, dot, row, at, size))];
        Cell packed = chunks[0].Place(QuantizedRow.Packed);
        bool isWhole = chunks[0].Filled == ByteTree.Lanes;
        Expr? count = isWhole ? null : Int(chunks[0].Filled / QuantizedRow.Packed);

        // One scale of the other operand throughout the chunk goes into the groups' scales. Lanes that repeat others have none.
        bool shared = other.Group % size == 0 && isWhole && size > ByteTree.Lanes;
        Expr? scale = shared ? Bind(new LoadLocal(other.Scales.Buffer, packed.Scalar(), false)) : null;
        Func<int, Expr>[] scales = [.. chunks.Select(chunk => Runs(chunk, dot.Scale, scale))];
        Func<int, Expr>[] offsets = dot.Offset is { } offset ? [.. chunks.Select(chunk => Runs(chunk, offset, null))] : [];
        if (isWhole)
            emitter.Innermost.AddRange(chunks.Select(chunk => chunk.Ahead()));
        for (int s = 0; s < trees.Length; s++)
        {
            Expr place = (packed with { Offset = packed.Offset + (s * Lanes.Count) }).Scalar();
            Expr? bias = dot.Bias != 0 ? Bind(new LoadLocal(other.Sums!, place, true)) : null;
            Expr? others = shared ? null : Bind(new LoadLocal(other.Scales.Buffer, place, true, count));
            Expr? sums = dot.HasOffset ? Bind(new LoadLocal(other.Sums!, place, true, count)) : null;
            for (int r = 0; r < chunks.Length; r++)
            {
                Expr sum = Bind(new DotBytes(chunks[r].Codes(trees[s], dot.IsSigned), other.Codes.Buffer, place, bias));
                Expr products = Bind(new Apply(OpCode.Convert, DType.F32, true, new[] { sum }, DType.F32));
                Expr factor = Bind(scales[r](s * ByteTree.Lanes));
                if (others is not null)
                    factor = Bind(new Apply(OpCode.Mul, DType.F32, true, new[] { factor, others }));
                Accumulate(_sums[r], s, products, factor);
                if (sums is not null)
                    Accumulate(_sums[r], s + 1, sums, Bind(offsets[r](s * ByteTree.Lanes)));
            }
        }
    }

    private void Accumulate(Var[] sums, int step, Expr a, Expr b)
    {
        Var sum = sums[step % sums.Length];
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
