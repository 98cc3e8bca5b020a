using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>The loop of an <see cref="IntegerDot"/> over one panel of weights: a block of sixteen rows a step, a row a lane.</summary>
internal sealed class IntegerDotNest(TileState state, ElementEmitter emitter, IntegerDot dot, QuantizedRow other, SourceLocation location)
{
    // Offsets add to a sum of their own, so that neither waits for the other.
    private readonly Term _scales = new(state, dot, dot.Scale, (panel, run) => panel.Scale(run));
    private readonly Term? _offsets = dot.Offset is { } offset ? new(state, dot, offset, (panel, run) => panel.Offset(run)) : null;

    private Term[] Terms => _offsets is null ? [_scales] : [_scales, _offsets];

    /// <summary>The sums of the rows from <paramref name="row"/> on, over <paramref name="length"/> elements.</summary>
    public Expr Sums(Cell row, Expr length)
    {
        Start(Terms.Select(term => term.Sum));
        Cell panel = WeightPanel.Of(state, emitter, dot, row);
        Var index = state.NewVar("j", DType.I32, false, dot.Axes.BlockSize);
        var body = new List<Stmt>();
        emitter.Push(body);
        Step(new WeightPanel(state, emitter, dot, row, panel, new Cell(index, false, 0, dot.Axes.BlockSize)));
        emitter.Pop();
        emitter.Innermost.Add(new For(index, Zero, length, Int(dot.Axes.BlockSize), body) { Location = location });
        return _offsets is null ? _scales.Sum : new Apply(OpCode.Add, DType.F32, true, new[] { _scales.Sum, _offsets.Sum });
    }

    private void Step(WeightPanel panel)
    {
        int fours = dot.Run / QuantizedRow.Packed;
        Cell codes = panel.Place(QuantizedRow.Packed), runs = panel.Place(dot.Run);
        Start(Terms.Where(term => term.Factor is not null).Select(term => term.OfBlock));
        for (int i = 0; i < dot.Order.Length; i++)
        {
            int run = dot.Order[i];
            Prefetch[] lines = panel.Ahead(i, dot.Order.Length);
            int between = Math.Max(0, lines.Length - Terms.Length);
            Expr place = (runs with { Offset = runs.Offset + run }).Scalar();
            Expr? bias = dot.Bias != 0 && !dot.HasOffset ? Each(other.Sums!, place) : null;
            Expr sum = Bind(panel.Dot(run, other.Codes.Buffer, (codes with { Offset = codes.Offset + (run * fours) }).Scalar(), bias, [.. lines.Take(between)]));
            Expr products = Bind(new Apply(OpCode.Convert, DType.F32, true, new[] { sum }, DType.F32));
            Accumulate(_scales.OfBlock, products, Bind(new Apply(OpCode.Mul, DType.F32, true, new[] { _scales.Of(panel, run), Each(other.Scales.Buffer, place) })));
            emitter.Innermost.AddRange(lines.Skip(between).Take(1));
            if (_offsets is not null)
                Accumulate(_offsets.OfBlock, Each(other.Sums!, place), _offsets.Of(panel, run));
            emitter.Innermost.AddRange(lines.Skip(between + 1));
        }

        foreach (Term term in Terms)
        {
            if (term.Factor is not { } factor)
                continue;
            Expr common = panel.Lanes(factor.Common, 0);
            Accumulate(term.Sum, term.OfBlock, factor.IsNegative ? Bind(new Apply(OpCode.Neg, DType.F32, true, new[] { common })) : common);
        }
    }

    private void Start(IEnumerable<Var> sums) =>
        emitter.Innermost.AddRange(sums.Select(sum => new Let(sum, new Broadcast(new Literal(Number.Of(0f))), true) { Location = location }));

    private static Broadcast Each(LocalBuffer buffer, Expr place) => new(new LoadLocal(buffer, place, false));

    private void Accumulate(Var sum, Expr a, Expr b) =>
        emitter.Innermost.Add(new Assign(sum, new Apply(OpCode.Fma, DType.F32, true, new[] { a, b, sum })) { Location = location });

    private Expr Bind(Expr expression) => emitter.Bind(expression, null, emitter.Depth);

    // What is multiplied with scales, or with offsets: added up over the runs of a block without what these share, and then over the blocks.
    private sealed class Term
    {
        private readonly Func<WeightPanel, int, Expr> _whole;

        public Term(TileState state, IntegerDot dot, Value value, Func<WeightPanel, int, Expr> whole)
        {
            _whole = whole;
            Factor = dot.HasOffset && dot.Bias != 0 ? null : BlockFactor.Of(dot.Axes, dot.Run, value);
            Sum = state.NewVar("sum", DType.F32, true);
            OfBlock = Factor is null ? Sum : state.NewVar("sum", DType.F32, true);
        }

        public BlockFactor? Factor { get; }

        public Var Sum { get; }

        public Var OfBlock { get; }

        public Expr Of(WeightPanel panel, int run) => Factor is { } factor ? panel.Lanes(factor.Each, run) : _whole(panel, run);
    }
}
