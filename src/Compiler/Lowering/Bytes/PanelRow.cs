using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>A block of some rows of quantized weights in a panel, as a work-item reads them: their codes as words, and what their runs share.</summary>
internal sealed class PanelRow
{
    private readonly ElementEmitter _emitter;
    private readonly IntegerDot _dot;
    private readonly Cell _row;
    private readonly Cell _at;
    private readonly Expr _panel;
    private readonly Cell _place;
    private readonly TileState _state;

    /// <param name="state">The kernel's values.</param>
    /// <param name="emitter">Takes the code.</param>
    /// <param name="dot">The plan.</param>
    /// <param name="row">The first row, counted from the beginning of the tile.</param>
    /// <param name="at">The block's first element, counted from the beginning of the reduced axis.</param>
    public PanelRow(TileState state, ElementEmitter emitter, IntegerDot dot, Cell row, Cell at)
    {
        (_state, _emitter, _dot, _row, _at) = (state, emitter, dot, row, at);
        Cell whole = Index(OpCode.Add, state.ScalarCell(dot.Axes.Rows.Definition!.Operands[0]), row);
        Cell column = Index(OpCode.Add, state.ScalarCell(dot.Axes.Columns.Definition!.Operands[0]), at);
        _panel = Index(OpCode.Div, whole, Constant(PanelLayout.Rows)).Scalar();
        Cell block = Index(OpCode.Mul, Index(OpCode.Div, column, Constant(dot.Axes.BlockSize)), Constant(dot.Axes.Bytes));
        Cell within = Index(OpCode.Mul, Index(OpCode.Rem, whole, Constant(PanelLayout.Rows)), Constant(PanelLayout.Unit));
        _place = Index(OpCode.Add, block, within);
    }

    /// <summary>Four codes of a row, so many rows after the first.</summary>
    public Expr Codes(int four, int row = 0) => new CodeWord(offset => Word(offset + (PanelLayout.Unit * row)), Bind).Of(_dot.Codes[four]);

    /// <summary>Four codes of the row where neither the part of the block nor the place in it is a constant.</summary>
    public Expr Codes(CodeFamily family, Expr part, Expr four) => family.Word(
        part, four, Aligned, e => _emitter.Bind(e, null, _emitter.Depth - 1), Bind);

    /// <summary>The scale of a run.</summary>
    public Expr Scale(int run, int row = 0) => Element(_dot.Scale, run, row);

    /// <summary>What a run's sum of the other operand is multiplied by: its offset, less what the codes are lifted by.</summary>
    public Expr Offset(int run, int row = 0)
    {
        Expr offset = Element(_dot.Offset!, run, row);
        return _dot.Bias == 0 ? offset
            : Bind(new Apply(OpCode.Fma, DType.F32, false, new[] { Scale(run, row), new Literal(Number.Of((float)-_dot.Bias)), offset }));
    }

    private Expr Element(Value value, int run, int row)
    {
        var rows = new AxisIndex(_row with { Offset = _row.Offset + row }, _emitter.Depth);
        return _emitter.Emit(value, rows, new AxisIndex(_at with { Offset = _at.Offset + (run * _dot.Run) }, _emitter.Depth)).Scalar();
    }

    private Expr Word(int offset) => Bind(Word((_place with { Offset = _place.Offset + offset }).Scalar()));

    // Panels are aligned, and so are the words of their rows.
    private Expr Aligned(Expr offset) => Bind(Word(Index(OpCode.Add, _place, new Cell(offset)).Scalar(), PanelLayout.Unit));

    private LoadView Word(Expr place, int alignment = 0) => new(_dot.View, new[] { _panel, place }, RawType.I32, true, DType.I32, false) { Alignment = alignment };

    private static Cell Constant(int value) => Cell.Of(Int(value));

    private Cell Index(OpCode code, Cell a, Cell b) => Cell.Index(code, a, b, Bind) ?? throw new IrException("a place in a panel is no index", _state.Location);

    private Expr Bind(Expr expression) => _emitter.Bind(expression, null, _emitter.Depth);
}
