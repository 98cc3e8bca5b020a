using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>Products in integers as loops: over the runs of a row, and over the fours of a run. Sums are added in one order, however many work-items there are.</content>
internal sealed partial class ThreadNests
{
    // A row of weights a work-item, whose neighbours' words lie beside its own, and of the runs every so-manieth.
    private void ByteRuns(ContractRoot root, IntegerDot plan, List<Stmt> into)
    {
        RoundedRows other = RoundedRuns(plan, root.B, root.K, into);
        CodeFamily family = CodeFamily.Of(plan)!;
        int rows = LaunchExpressions.Most(root.A.Type.Shape[0], state.Kernel)!.Value, slices = Math.Max(1, Group / rows);
        LocalBuffer partials = state.NewBuffer("partials", DType.F32, Int(slices * rows));
        var statements = new List<Stmt>();
        Expr runs = Bound(statements, "runs", Div(root.K, Int(plan.Run)));
        Over(statements, new ThreadIndex(), Int(slices * rows), Items, (emitter, item) =>
        {
            Expr Bind(string name, Expr value) => emitter.Bind(value, name, emitter.Depth);
            Expr row = Bind("row", RowOfPanel(Bind("unit", And(item.Cell.Scalar(), Int(rows - 1))), root.M, rows, 1));
            Var sum = Mutable(emitter.Innermost, "sum", new Literal(Number.Of(0f)));
            Over(emitter, Bind("slice", Part(item.Cell.Scalar(), rows)), runs, Int(slices), run => RunOfRow(plan, family, other, row, run.Cell.Scalar(), sum, emitter));
            emitter.Innermost.Add(new StoreLocal(partials, item.Cell.Scalar(), sum));
        });
        Append(into, [.. statements]);
        Distributed(into, [root.M], (emitter, each) =>
        {
            Expr total = Serial(emitter, ReduceKind.Sum, DType.F32, Int(slices), slice => new LoadLocal(partials, Add(each[0].Cell.Scalar(), Mul(slice.Cell.Scalar(), Int(rows))), false));
            StoreTile(root.Target!, each, WithAccumulator(root, emitter, each, total), emitter);
        });
    }

    private void RunOfRow(IntegerDot plan, CodeFamily family, RoundedRows other, Expr row, Expr run, Var sum, ElementEmitter emitter)
    {
        Expr Bind(string name, Expr value) => emitter.Bind(value, name, emitter.Depth);
        Expr ofBlock = plan.Axes.BlockSize == plan.Run ? Zero : Bind("ofBlock", And(run, Int((plan.Axes.BlockSize / plan.Run) - 1)));
        var weights = new PanelRow(state, emitter, plan, new Cell(row), new Cell(Bind("at", Mul(run, Int(plan.Run))), false, 0, plan.Run));
        Var exact = Mutable(emitter.Innermost, "exact", plan.Bias != 0 && !plan.HasOffset ? new LoadLocal(other.Sums!, run, false) : Zero);
        void OfPart(Expr part)
        {
            Expr number = Bind("part", Add(Mul(ofBlock, Int(family.Parts)), part)), first = Bind("first", Mul(Add(Mul(run, Int(family.Parts)), part), Int(family.Fours)));
            Over(emitter, Zero, Int(family.Fours), Int(1), four =>
            {
                Expr codes = weights.Codes(family, number, four.Cell.Scalar());
                emitter.Innermost.Add(new Assign(exact, new DotFour(codes, new LoadLocal(other.Codes, Add(first, four.Cell.Scalar()), false), exact)));
            });
        }

        if (family.Parts == 1)
            OfPart(Zero);
        else
            Over(emitter, Zero, Int(family.Parts), Int(1), part => OfPart(part.Cell.Scalar()));
        Expr scale = Op(OpCode.Mul, DType.F32, weights.Scale(0), Bind("scale", new LoadLocal(other.Scales, run, false)));
        Accumulate(emitter.Innermost, sum, ToFloat(exact), scale);
        if (plan.HasOffset)
            Accumulate(emitter.Innermost, sum, Bind("total", new LoadLocal(other.Sums!, run, false)), weights.Offset(0));
    }

    /// <summary>As <see cref="Rounded"/>, of one row, a run a work-item: its codes follow from the greatest magnitude of its group, which the runs of a group have found before.</summary>
    private RoundedRows RoundedRuns(IntegerDot plan, Value rounded, Expr columns, List<Stmt> into)
    {
        Value source = rounded.Definition!.Operands[0];
        Expr bound = state.Bound(source.Type.Shape[0]), runsBound = Div(bound, Int(plan.Run));
        int runsOfGroup = IntegerDot.Group(rounded)!.Value / plan.Run;
        LocalBuffer? sums = plan.HasOffset || plan.Bias != 0 ? state.NewBuffer("sums", plan.HasOffset ? DType.F32 : DType.I32, runsBound) : null;
        var result = new RoundedRows(
            state.NewBuffer("codes", DType.I32, Div(bound, Int(QuantizedRow.Packed))), Zero, state.NewBuffer("scales", DType.F32, runsBound), sums, Zero);
        LocalBuffer? magnitudes = runsOfGroup > 1 ? state.NewBuffer("magnitudes", DType.F32, runsBound) : null;
        (Var Largest, Var Spoiled) OfRun(ElementEmitter emitter, AxisIndex run) => Extremes(emitter, run, plan.Run, k => emitter.Emit(source, k).Scalar());
        Expr runs = Bound(into, "runs", Div(columns, Int(plan.Run)));
        if (magnitudes is not null)
        {
            // A magnitude that is no number says that the run is spoiled.
            Distributed(into, [runs], (emitter, run) =>
            {
                (Var largest, Var spoiled) = OfRun(emitter, run[0]);
                emitter.Innermost.Add(new StoreLocal(magnitudes, run[0].Cell.Scalar(), Op(OpCode.Add, DType.F32, largest, spoiled)));
            });
        }

        Distributed(into, [runs], (emitter, run) =>
        {
            Expr Bind(Expr value) => emitter.Bind(value, null, emitter.Depth);
            (Var largest, Var spoiled) = magnitudes is null ? OfRun(emitter, run[0]) : Extremes(
                emitter, new AxisIndex(new Cell(Bind(Part(run[0].Cell.Scalar(), runsOfGroup))), emitter.Depth), runsOfGroup,
                each => emitter.Bind(new LoadLocal(magnitudes, each.Cell.Scalar(), false), null, emitter.Depth));
            (Expr scale, Expr inverse) = ScaleOf(largest, spoiled, Bind);
            Expr sum = CodesOf(source, run[0].Cell.Scalar(), plan.Run / QuantizedRow.Packed, inverse, result, emitter);
            emitter.Innermost.Add(new StoreLocal(result.Scales, run[0].Cell.Scalar(), scale));
            if (sums is not null)
                emitter.Innermost.Add(new StoreLocal(sums, run[0].Cell.Scalar(), plan.HasOffset ? Op(OpCode.Mul, DType.F32, scale, ToFloat(sum)) : Mul(sum, Int(-plan.Bias))));
        });
        return result;
    }

    // The codes of a run's fours, a word each, and their sum.
    private Var CodesOf(Value source, Expr run, int fours, Expr inverse, RoundedRows target, ElementEmitter emitter)
    {
        Var sum = Mutable(emitter.Innermost, "sum", Zero);
        Expr first = emitter.Bind(Mul(run, Int(fours)), "first", emitter.Depth);
        Over(emitter, first, Add(first, Int(fours)), Int(1), four =>
        {
            Expr column = emitter.Bind(Mul(four.Cell.Scalar(), Int(QuantizedRow.Packed)), "column", emitter.Depth);
            Expr word = Packed(
                [.. Enumerable.Range(0, QuantizedRow.Packed).Select(t => Code(emitter.Emit(source, new AxisIndex(new Cell(column, false, t, QuantizedRow.Packed), emitter.Depth)).Scalar(), inverse, emitter))],
                emitter);
            emitter.Innermost.Add(new StoreLocal(target.Codes, four.Cell.Scalar(), word));
            if (target.Sums is not null)
                emitter.Innermost.Add(new Assign(sum, new DotFour(Int(0x01010101), word, sum)));
        });
        return sum;
    }

    // Of so many elements from a multiple of their number on: the greatest magnitude, and NaN instead of 0 where one is a NaN or an infinity.
    private (Var Largest, Var Spoiled) Extremes(ElementEmitter emitter, AxisIndex part, int count, Func<AxisIndex, Expr> element)
    {
        Literal none = new(Number.Of(0f));
        Var largest = Mutable(emitter.Innermost, "largest", none), spoiled = Mutable(emitter.Innermost, "spoiled", none);
        Expr from = emitter.Bind(Mul(part.Cell.Scalar(), Int(count)), "from", emitter.Depth);
        Over(emitter, from, Add(from, Int(count)), Int(1), each => Compare(element(each), largest, spoiled, emitter));
        return (largest, spoiled);
    }

    // Zero times a NaN or an infinity is NaN, and stays one in the sum.
    private static void Compare(Expr value, Var largest, Var spoiled, ElementEmitter emitter)
    {
        Expr magnitude = emitter.Bind(new Apply(OpCode.Abs, DType.F32, false, new[] { value }), null, emitter.Depth);
        emitter.Innermost.Add(new Assign(largest, Combined(ReduceKind.Max, largest, magnitude)));
        emitter.Innermost.Add(new Assign(spoiled, Op(OpCode.Fma, DType.F32, value, new Literal(Number.Of(0f)), spoiled)));
    }
}
