using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>The loops of an <see cref="IntegerDot"/>: one row of weights after the other, a chunk a step.</summary>
internal sealed class IntegerDotNest(TileState state, ElementEmitter emitter, IntegerDot dot, QuantizedRow other, SourceLocation location)
{
    // From so many groups a chunk on, scales are computed a vector at once.
    private const int ManyGroups = 5;

    // Neighbouring steps add to different sums, so that none waits for the one before.
    private readonly Var[] _sums = [.. Enumerable.Range(0, 2).Select(_ => state.NewVar("sum", DType.F32, true))];

    /// <summary>The sum of a row, in lanes, over <paramref name="length"/> elements.</summary>
    public Expr Row(AxisIndex row, Expr length)
    {
        foreach (Var sum in _sums)
            emitter.Innermost.Add(new Let(sum, new Broadcast(new Literal(Number.Of(0f))), true) { Location = location });
        Expr whole = length is Literal known ? Int(known.Value.I32 / dot.Chunk * dot.Chunk)
            : dot.Rest is null ? length : emitter.Bind(And(length, Int(-dot.Chunk)), null, emitter.Depth);
        Loop(Zero, whole, dot.Chunk, row, dot.Whole);
        if (dot.Rest is { } rest)
            Loop(whole, length, dot.BlockSize, row, [rest]);
        return new Apply(OpCode.Add, DType.F32, true, _sums);
    }

    private void Loop(Expr from, Expr to, int chunk, AxisIndex row, ByteTree[] trees)
    {
        if (from is Literal a && to is Literal b && a.Value.I32 >= b.Value.I32)
            return;
        Var index = state.NewVar("j", DType.I32, false, chunk);
        var body = new List<Stmt>();
        emitter.Push(body);
        Chunk(new Cell(index, false, 0, chunk), chunk, row, trees);
        emitter.Pop();
        emitter.Innermost.Add(new For(index, from, to, Int(chunk), body) { Location = location });
    }

    private void Chunk(Cell at, int chunk, AxisIndex row, ByteTree[] trees)
    {
        Element element = state.ElementOf(dot.Load.Attr<MemoryAccess>().View);
        int bytes = chunk / dot.BlockSize * element.BlockBytes, steps = trees.Length, filled = Math.Min(chunk, ByteTree.Lanes);
        Cell start = Index(OpCode.Add, state.ScalarCell(dot.Axis.Definition!.Operands[0]), at);
        Cell first = Index(OpCode.Mul, Index(OpCode.Div, start, Cell.Of(Int(chunk))), Cell.Of(Int(bytes)));
        Cell packed = Index(OpCode.Div, at, Cell.Of(Int(QuantizedRow.Packed)));
        Expr? count = filled < ByteTree.Lanes ? Int(filled / QuantizedRow.Packed) : null;

        // One scale of the other operand throughout the chunk goes into the groups' scales. Lanes that repeat others have none.
        bool shared = other.Group % chunk == 0 && count is null;
        Expr? scale = shared ? Bind(new LoadLocal(other.Scales, packed.Scalar(), false)) : null;
        Func<int, int, Expr> scales = Runs(dot.Scale, scale, at, chunk, bytes, first, row);
        Func<int, int, Expr>? offsets = dot.Offset is { } offset ? Runs(offset, null, at, chunk, bytes, first, row) : null;
        Expr[] indices = [.. dot.Load.Operands.Take(dot.Load.Operands.Length - 1).Select(o => emitter.Emit(o, row, AxisIndex.Zero).Scalar()), first.Scalar()];
        for (int s = 0; s < steps; s++)
        {
            Expr place = (packed with { Offset = packed.Offset + (s * Lanes.Count) }).Scalar();
            Expr? bias = dot.Bias != 0 ? new LoadLocal(other.Sums!, place, true) : null;
            var codes = new ByteCodes(dot.Load.Attr<MemoryAccess>().View, indices, trees[s], dot.IsSigned);
            Expr products = Bind(new Apply(OpCode.Convert, DType.F32, true, new[] { Bind(new DotBytes(codes, other.Codes, place, bias)) }, DType.F32));
            Expr factor = Bind(scales(s * ByteTree.Lanes, filled));
            if (!shared)
                factor = Bind(new Apply(OpCode.Mul, DType.F32, true, new[] { factor, Bind(new LoadLocal(other.Scales, place, true, count)) }));
            Accumulate(s, products, factor);
            if (offsets is not null)
                Accumulate(s + 1, Bind(new LoadLocal(other.Sums!, place, true, count)), Bind(offsets(s * ByteTree.Lanes, filled)));
        }
    }

    private void Accumulate(int step, Expr a, Expr b)
    {
        Var sum = _sums[step % _sums.Length];
        emitter.Innermost.Add(new Assign(sum, new Apply(OpCode.Fma, DType.F32, true, new[] { a, b, sum })) { Location = location });
    }

    private Cell Index(OpCode code, Cell a, Cell b) => Cell.Index(code, a, b, Bind) ?? throw new IrException("a place in a row is no index", location);

    private Expr Bind(Expr expression) => emitter.Bind(expression, null, emitter.Depth);

    // A value that is constant in runs of elements, as lanes of products: lane l is that of the four elements it sums.
    private Func<int, int, Expr> Runs(Value value, Expr? factor, Cell at, int chunk, int bytes, Cell first, AxisIndex row)
    {
        int run = Math.Max(GroupVector.Run(value, dot.Axis, chunk), QuantizedRow.Packed), groups = chunk / run;
        Expr? At(Func<int, int> group) =>
            new GroupVector(emitter, dot.Axis, row, chunk, bytes, first, [.. Enumerable.Range(0, Lanes.Count).Select(l => group(l) * run)]).Of(value);
        if (groups is >= ManyGroups and <= Lanes.Count && At(l => l % groups) is { IsVector: true } vector)
        {
            Expr scaled = Bind(Scaled(Bind(vector)));
            return (from, elements) => new PermuteLanes(scaled, new Exprs([.. Enumerable.Range(0, Lanes.Count)
                .Select(l => Int((from + (l * QuantizedRow.Packed % elements)) / run))]));
        }

        return (from, elements) =>
        {
            int length = Math.Max(1, elements / run), count = length == 1 ? 1 : ByteTree.Lanes / run;
            Expr[] scalars = [.. Enumerable.Range(0, length).Select(group => Scalar((from / run) + group))];
            scalars = [.. Enumerable.Range(0, count).Select(g => scalars[g % length])];
            return scalars.Length == 1 ? new Broadcast(scalars[0]) : new Spread(scalars);
        };

        Expr Scalar(int group) => Scaled(At(_ => group) is { IsVector: false } one ? one
            : emitter.Emit(value, row, new AxisIndex(at with { Offset = at.Offset + (group * run) }, emitter.Depth)).Scalar());

        Expr Scaled(Expr a) => factor is null ? a
            : Bind(new Apply(OpCode.Mul, DType.F32, a.IsVector, new[] { a, a.IsVector ? new Broadcast(factor) : factor }));
    }
}
