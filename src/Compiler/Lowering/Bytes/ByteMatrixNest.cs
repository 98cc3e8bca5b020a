using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// Rows of quantized weights as columns of bytes, with the scales and offsets of their runs: what a product of matrices of bytes takes. Taken apart row by
/// row, then transposed, so that one vector holds the same four elements of sixteen rows.
/// </summary>
internal sealed class ByteMatrixNest
{
    private readonly TileState _state;
    private readonly IntegerDot _dot;
    private readonly List<Stmt> _into;
    private readonly BufferMatrix _codes, _scales;
    private readonly BufferMatrix? _offsets;

    /// <param name="state">The kernel's values.</param>
    /// <param name="dot">The plan; its bytes have no sign.</param>
    /// <param name="rows">Rows of weights: at most, and how many.</param>
    /// <param name="length">Elements of a row: at most, and how many.</param>
    /// <param name="run">Elements that share scale and offset.</param>
    /// <param name="into">Takes the code.</param>
    public ByteMatrixNest(TileState state, IntegerDot dot, (Expr Bound, Expr Count) rows, (Expr Bound, Expr Count) length, int run, List<Stmt> into)
    {
        (_state, _dot, _into) = (state, dot, into);
        Expr padded = Mul(Div(Add(length.Bound, Int(ByteTree.Lanes - 1)), Int(ByteTree.Lanes)), Int(ByteTree.Lanes));
        Expr fours = Div(padded, Int(QuantizedRow.Packed)), runs = Add(Div(padded, Int(run)), Int(Lanes.Count));
        _codes = Matrix("bytes", DType.I32, rows.Bound, fours);
        _scales = Matrix("scaleRows", DType.F32, rows.Bound, runs);
        _offsets = dot.HasOffset ? Matrix("offsetRows", DType.F32, rows.Bound, runs) : null;
        Loop("n", Zero, rows.Count, 1, (emitter, n) => Row(emitter, n, length.Count, run));

        Expr across = state.RoundUp(rows.Bound, Lanes.Count);
        Expr count = Div(length.Count, Int(run));
        Codes = Transposed("byteColumns", _codes, fours, across, rows.Count, Div(length.Count, Int(QuantizedRow.Packed)));
        Scales = Transposed("scaleColumns", _scales, runs, across, rows.Count, count);
        Offsets = _offsets is null ? null : Transposed("offsetColumns", _offsets, runs, across, rows.Count, count);
    }

    /// <summary>Four codes an element, [elements / 4, rows].</summary>
    public BufferMatrix Codes { get; }

    /// <summary>Scales, [runs, rows].</summary>
    public BufferMatrix Scales { get; }

    /// <summary>Offsets, [runs, rows], where the format has them.</summary>
    public BufferMatrix? Offsets { get; }

    /// <summary>Elements that share scale and offset in a plan's weights.</summary>
    public static int RunOf(IntegerDot dot)
    {
        int size = dot.Rest is null ? dot.Chunk : dot.BlockSize;
        int scale = GroupVector.Run(dot.Scale, dot.Axis, size);
        return Math.Max(QuantizedRow.Packed, dot.Offset is { } offset ? Math.Min(scale, GroupVector.Run(offset, dot.Axis, size)) : scale);
    }

    private void Row(ElementEmitter emitter, Var n, Expr length, int run)
    {
        Expr Bind(Expr e) => emitter.Bind(e, null, emitter.Depth);
        Expr whole = length is Literal known ? Int(known.Value.I32 / _dot.Chunk * _dot.Chunk) : _dot.Rest is null ? length : Bind(And(length, Int(-_dot.Chunk)));
        var row = new AxisIndex(new Cell(n), emitter.Depth);
        Expr codes = Bind(Mul(n, _codes.RowStride)), scales = Bind(Mul(n, _scales.RowStride));
        Chunks(emitter, Zero, whole, _dot.Chunk, _dot.Whole);
        if (_dot.Rest is { } rest)
            Chunks(emitter, whole, length, _dot.BlockSize, [rest]);

        void Chunks(ElementEmitter outer, Expr from, Expr to, int size, ByteTree[] trees) => Loop("k", from, to, size, outer, (inner, k) =>
        {
            var chunk = new WeightChunk(_state, inner, _dot, row, new Cell(k, false, 0, size), size);
            Cell fours = chunk.Place(QuantizedRow.Packed), groups = chunk.Place(run);
            for (int s = 0; s < trees.Length; s++)
            {
                var packed = new PackedCodes(chunk.Codes(trees[s], false));
                Store(inner, _codes.Buffer, codes, fours, s * Lanes.Count, inner.Bind(packed, null, inner.Depth));
            }

            Groups(inner, chunk, _dot.Scale, _scales.Buffer, scales, groups, size, run);
            if (_offsets is not null)
                Groups(inner, chunk, _dot.Offset!, _offsets.Buffer, scales, groups, size, run);
        });
    }

    private void Groups(ElementEmitter emitter, WeightChunk chunk, Value value, LocalBuffer target, Expr row, Cell place, int size, int run)
    {
        if (chunk.Vector(value, run) is { } vector)
        {
            Store(emitter, target, row, place, 0, vector);
            return;
        }

        for (int group = 0; group < size / run; group++)
            Store(emitter, target, row, place, group, chunk.Scalar(value, run, group));
    }

    private void Store(ElementEmitter emitter, LocalBuffer target, Expr row, Cell place, int offset, Expr value) =>
        emitter.Innermost.Add(new StoreLocal(target, Add(row, (place with { Offset = place.Offset + offset }).Scalar()), value) { Location = _state.Location });

    private BufferMatrix Matrix(string name, DType type, Expr rows, Expr stride) => new(_state.NewBuffer(name, type, Add(Mul(rows, stride), Int(Lanes.Count))), stride);

    private BufferMatrix Transposed(string name, BufferMatrix source, Expr rows, Expr stride, Expr count, Expr columns)
    {
        BufferMatrix target = Matrix(name, source.Buffer.Type, rows, stride);
        _into.Add(new TransposeMatrix(source, target, count, columns) { Location = _state.Location });
        return target;
    }

    private void Loop(string name, Expr from, Expr to, int step, Action<ElementEmitter, Var> body) =>
        Loop(name, from, to, step, new ElementEmitter(_state, _into), body);

    private void Loop(string name, Expr from, Expr to, int step, ElementEmitter emitter, Action<ElementEmitter, Var> body)
    {
        if (from is Literal a && to is Literal b && a.Value.I32 >= b.Value.I32)
            return;
        Var index = _state.NewVar(name, DType.I32, false, step);
        var statements = new List<Stmt>();
        emitter.Push(statements);
        body(emitter, index);
        emitter.Pop();
        emitter.Innermost.Add(new For(index, from, to, Int(step), statements) { Location = _state.Location });
    }
}
