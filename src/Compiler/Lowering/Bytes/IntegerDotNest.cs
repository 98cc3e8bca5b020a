using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>The loop of an <see cref="IntegerDot"/> over one panel of weights: a block of sixteen rows a step, a row a lane.</summary>
internal sealed class IntegerDotNest(TileState state, ElementEmitter emitter, IntegerDot dot, QuantizedRow other, SourceLocation location)
{
    // Offsets add to a sum of their own, so that neither waits for the other.
    private readonly Var[] _sums = [.. Enumerable.Range(0, dot.HasOffset ? 2 : 1).Select(_ => state.NewVar("sum", DType.F32, true))];

    /// <summary>The sums of the rows from <paramref name="row"/> on, over <paramref name="length"/> elements.</summary>
    public Expr Sums(Cell row, Expr length)
    {
        foreach (Var sum in _sums)
            emitter.Innermost.Add(new Let(sum, new Broadcast(new Literal(Number.Of(0f))), true) { Location = location });
        Cell panel = WeightPanel.Of(state, emitter, dot, row);
        Var index = state.NewVar("j", DType.I32, false, dot.Axes.BlockSize);
        var body = new List<Stmt>();
        emitter.Push(body);
        Step(new WeightPanel(state, emitter, dot, row, panel, new Cell(index, false, 0, dot.Axes.BlockSize)));
        emitter.Pop();
        emitter.Innermost.Add(new For(index, Zero, length, Int(dot.Axes.BlockSize), body) { Location = location });
        return _sums.Length == 1 ? _sums[0] : new Apply(OpCode.Add, DType.F32, true, _sums);
    }

    private void Step(WeightPanel panel)
    {
        int fours = dot.Run / QuantizedRow.Packed;
        Cell codes = panel.Place(QuantizedRow.Packed), runs = panel.Place(dot.Run);
        for (int i = 0; i < dot.Order.Length; i++)
        {
            int run = dot.Order[i];
            Prefetch[] lines = panel.Ahead(i, dot.Order.Length);
            int between = Math.Max(0, lines.Length - _sums.Length);
            Expr place = (runs with { Offset = runs.Offset + run }).Scalar();
            Expr? bias = dot.Bias != 0 && !dot.HasOffset ? Each(other.Sums!, place) : null;
            Expr sum = Bind(panel.Dot(run, other.Codes.Buffer, (codes with { Offset = codes.Offset + (run * fours) }).Scalar(), bias, [.. lines.Take(between)]));
            Expr products = Bind(new Apply(OpCode.Convert, DType.F32, true, new[] { sum }, DType.F32));
            Accumulate(_sums[0], products, Bind(new Apply(OpCode.Mul, DType.F32, true, new[] { panel.Scale(run), Each(other.Scales.Buffer, place) })));
            emitter.Innermost.AddRange(lines.Skip(between).Take(1));
            if (dot.HasOffset)
                Accumulate(_sums[1], Each(other.Sums!, place), panel.Offset(run));
            emitter.Innermost.AddRange(lines.Skip(between + 1));
        }
    }

    private static Broadcast Each(LocalBuffer buffer, Expr place) => new(new LoadLocal(buffer, place, false));

    private void Accumulate(Var sum, Expr a, Expr b) =>
        emitter.Innermost.Add(new Assign(sum, new Apply(OpCode.Fma, DType.F32, true, new[] { a, b, sum })) { Location = location });

    private Expr Bind(Expr expression) => emitter.Bind(expression, null, emitter.Depth);
}
