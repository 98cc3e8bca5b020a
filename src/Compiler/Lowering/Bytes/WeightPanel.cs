using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>A block of sixteen rows of quantized weights, as code: its codes, and what its runs share.</summary>
/// <param name="state">The kernel's values.</param>
/// <param name="emitter">Takes the code.</param>
/// <param name="dot">The plan.</param>
/// <param name="row">The first row, counted from the beginning of the tile.</param>
/// <param name="panel">The panel it begins: see <see cref="Of"/>.</param>
/// <param name="at">The block's first element, counted from the beginning of the reduced axis.</param>
internal sealed class WeightPanel(TileState state, ElementEmitter emitter, IntegerDot dot, Cell row, Cell panel, Cell at)
{
    private readonly Dictionary<(Value, int), Expr> _known = [];
    private Cell? _block;

    /// <summary>The panel that a row begins, the row counted from the beginning of the tile.</summary>
    public static Cell Of(TileState state, ElementEmitter emitter, IntegerDot dot, Cell row) =>
        Index(state, emitter, OpCode.Div, First(state, emitter, dot.Axes.Rows, row), Lowering.Lanes.Count);

    /// <summary>Four elements of each row as bytes.</summary>
    public PackedCodes Codes(int four) => new(dot.View, Start, dot.Codes[four]);

    /// <summary>The sums of a run's products with bytes from a place on.</summary>
    /// <param name="run">The run.</param>
    /// <param name="other">The bytes, four an element.</param>
    /// <param name="place">The first element.</param>
    /// <param name="accumulator">What is added to; null for nothing.</param>
    /// <param name="asked">Lines that are asked for between the products.</param>
    public DotBytes Dot(int run, LocalBuffer other, Expr place, Expr? accumulator, Prefetch[] asked) => new(
        dot.View, Start, [.. dot.Codes.Skip(run * dot.Run / QuantizedRow.Packed).Take(dot.Run / QuantizedRow.Packed)], other, place, accumulator, dot.Greatest)
    {
        Ahead = asked.Length == 0 ? default : (asked[0].Distance, asked[0].Further, asked.Length),
    };

    /// <summary>Asks for one of the equal parts of the block that will be read soon, line by line: a processor drops requests that come faster than it takes them.</summary>
    public Prefetch[] Ahead(int part, int parts)
    {
        int Line(int number) => number * dot.Axes.Bytes / parts / Prefetch.Line;
        int first = Line(part), end = part + 1 == parts ? (dot.Axes.Bytes + Prefetch.Line - 1) / Prefetch.Line : Line(part + 1);

        // A block is not read from its beginning to its end: its end may be needed first.
        (int distance, int further) = Prefetch.For(dot.Axes.Bytes);
        distance += dot.Axes.Bytes / Prefetch.Line * Prefetch.Line;
        return [.. Enumerable.Range(first, end - first)
            .Select(line => new Prefetch(dot.View, Start, true, distance + (line * Prefetch.Line), Prefetch.Line) { Further = further, Location = state.Location })];
    }

    /// <summary>The scales of a run, one a row.</summary>
    public Expr Scale(int run) => Lanes(dot.Scale, run);

    /// <summary>What a run's sum of the other operand is multiplied by, one a row: its offset, less what the codes are lifted by.</summary>
    public Expr Offset(int run)
    {
        Expr offset = Lanes(dot.Offset!, run);
        return dot.Bias == 0 ? offset
            : Bind(new Apply(OpCode.Fma, DType.F32, true, new[] { Scale(run), new Broadcast(new Literal(Number.Of((float)-dot.Bias))), offset }));
    }

    /// <summary>The place in a buffer with an element for each so many elements of the row.</summary>
    public Cell Place(int elements) => Index(OpCode.Div, at, elements);

    private Expr[] Start => [panel.Scalar(), Block.Scalar()];

    private Cell Block => _block ??= Index(OpCode.Mul, Index(OpCode.Div, First(state, emitter, dot.Axes.Columns, at), dot.Axes.BlockSize), dot.Axes.Bytes);

    private static Cell First(TileState state, ElementEmitter emitter, Value range, Cell from) =>
        Cell.Index(OpCode.Add, state.ScalarCell(range.Definition!.Operands[0]), from, e => emitter.Bind(e, null, emitter.Depth))
            ?? throw new IrException("a place in a tile is no index", state.Location);

    /// <summary>A value of a run, one a row.</summary>
    public Expr Lanes(Value value, int run)
    {
        if (!_known.TryGetValue((value, run), out Expr? lanes))
            _known[(value, run)] = lanes = Computed(value, run);
        return lanes;
    }

    // Row by row where the sixteen are not understood together.
    private Expr Computed(Value value, int run)
    {
        int element = run * dot.Run;
        if (new RowVector(emitter, dot.Axes, panel, Block, element).Of(value) is { } lanes)
            return lanes.IsVector ? lanes : new Broadcast(lanes);
        var column = new AxisIndex(at with { Offset = at.Offset + element }, emitter.Depth);
        return Bind(new Spread(new Exprs([.. Enumerable.Range(0, Lowering.Lanes.Count)
            .Select(r => emitter.Emit(value, new AxisIndex(row with { Offset = row.Offset + r }, emitter.Depth), column).Scalar())])));
    }

    private Cell Index(OpCode code, Cell a, int constant) => Index(state, emitter, code, a, constant);

    private static Cell Index(TileState state, ElementEmitter emitter, OpCode code, Cell a, int constant) =>
        Cell.Index(code, a, Cell.Of(Int(constant)), e => emitter.Bind(e, null, emitter.Depth)) ?? throw new IrException("a place in a row is no index", state.Location);

    private Expr Bind(Expr expression) => emitter.Bind(expression, null, emitter.Depth);
}
