using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// Panels of quantized weights as columns of bytes, with the scales and offsets of their runs: what a product of matrices of bytes takes.
/// </summary>
internal sealed class ByteMatrixNest
{
    private readonly TileState _state;
    private readonly IntegerDot _dot;

    /// <param name="state">The kernel's values.</param>
    /// <param name="dot">The plan.</param>
    /// <param name="rows">Rows of weights: at most, and how many.</param>
    /// <param name="length">Elements of a row: at most, and how many.</param>
    /// <param name="into">Takes the code.</param>
    public ByteMatrixNest(TileState state, IntegerDot dot, (Expr Bound, Expr Count) rows, (Expr Bound, Expr Count) length, List<Stmt> into)
    {
        (_state, _dot) = (state, dot);
        Expr across = state.RoundUp(rows.Bound, Lanes.Count);
        Codes = Matrix("byteColumns", DType.I32, QuantizedRow.Packed);
        Scales = Matrix("scaleColumns", DType.F32, dot.Run);
        Offsets = dot.HasOffset ? Matrix("offsetColumns", DType.F32, dot.Run) : null;
        Loop("n", rows.Count, Lanes.Count, new ElementEmitter(state, into), true, (outer, n) =>
        {
            var row = new Cell(n, false, 0, Lanes.Count);
            Cell panel = WeightPanel.Of(state, outer, dot, row);
            Loop("k", length.Count, dot.Axes.BlockSize, outer, false, (inner, k) => Block(inner, new WeightPanel(state, inner, dot, row, panel, new Cell(k, false, 0, dot.Axes.BlockSize)), n));
        });

        BufferMatrix Matrix(string name, DType type, int elements) =>
            new(state.NewBuffer(name, type, Mul(Div(Add(length.Bound, Int(elements - 1)), Int(elements)), across)), across);
    }

    /// <summary>Four codes an element, [elements / 4, rows].</summary>
    public BufferMatrix Codes { get; }

    /// <summary>Scales, [runs, rows].</summary>
    public BufferMatrix Scales { get; }

    /// <summary>Offsets, [runs, rows], where the format has them.</summary>
    public BufferMatrix? Offsets { get; }

    private void Block(ElementEmitter emitter, WeightPanel panel, Var n)
    {
        int fours = _dot.Run / QuantizedRow.Packed;
        for (int i = 0; i < _dot.Order.Length; i++)
        {
            int run = _dot.Order[i];
            emitter.Innermost.AddRange(panel.Ahead(i, _dot.Order.Length));
            for (int four = run * fours; four < (run + 1) * fours; four++)
                Store(emitter, Codes, n, panel.Place(QuantizedRow.Packed), four, panel.Codes(four));
            Store(emitter, Scales, n, panel.Place(_dot.Run), run, panel.Scale(run));
            if (Offsets is not null)
                Store(emitter, Offsets, n, panel.Place(_dot.Run), run, panel.Offset(run));
        }
    }

    private void Store(ElementEmitter emitter, BufferMatrix target, Var n, Cell row, int offset, Expr value)
    {
        Expr first = emitter.Bind(Mul(row.Scalar(), target.RowStride), null, emitter.Depth);
        emitter.Innermost.Add(new StoreLocal(target.Buffer, Add(Add(first, Mul(Int(offset), target.RowStride)), n), value) { Location = _state.Location });
    }

    private void Loop(string name, Expr to, int step, ElementEmitter emitter, bool isLanewise, Action<ElementEmitter, Var> body)
    {
        Var index = _state.NewVar(name, DType.I32, false, step);
        var statements = new List<Stmt>();
        emitter.Push(statements);
        body(emitter, index);
        emitter.Pop();
        emitter.Innermost.Add(new For(index, Zero, to, Int(step), statements) { Location = _state.Location, IsLanewise = isLanewise });
    }
}
