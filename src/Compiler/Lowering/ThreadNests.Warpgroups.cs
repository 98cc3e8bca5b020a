using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>
/// Products in stages on instructions of warpgroups, which read both operands from local memory while the work-items go on. Of the four stages one is multiplied, one may still be, and two arrive: what
/// is multiplied in a turn is waited for in the next, so that a barrier between turns leaves the multipliers something to do.
/// </content>
internal sealed partial class ThreadNests
{
    // How many turns lie between what starts to arrive and what is multiplied.
    private const int TurnsAhead = Stages - 2;

    /// <summary>As many work-items as a kernel's products on instructions of warpgroups have; null where it has none.</summary>
    public static int? WorkGroupOfWarpgroups(Kernel kernel, ThreadFeatures features) => features.MultipliesWarpgroups
        ? kernel.Body.AllOps.Where(op => op is { Code: OpCode.Dot, Result.Type.Rank: 2 }).Select(op => (Op: op, Shape: ShapeOf(kernel, op)))
            .Where(each => each.Shape is { } shape && IsStaged(kernel.With(shape.WorkGroup), each.Op, features)).Select(each => each.Shape?.WorkGroup).FirstOrDefault()
        : null;

    private static WarpgroupShape? ShapeOf(Kernel kernel, Op product) =>
        LaunchExpressions.Most(product.Result.Type.Shape[0], kernel) is { } tall && LaunchExpressions.Most(product.Result.Type.Shape[1], kernel) is { } wide
            ? WarpgroupShape.Of(tall, wide)
            : null;

    private ProductSums WarpgroupProducts(StagedRows stages, HalfRows left, HalfRows right, List<Stmt> into)
    {
        (SourceLocation location, int words) = (stages.Root.Location, stages.Layout.Words);
        Expr top = Bound(into, "top", Mul(WarpOfGroup, Int(MatrixRows)));
        SumPlace place = SumsOf(LaneOfWarp, Zero, into);
        Var[][] sums = [.. Enumerable.Range(0, right.Most / 8).Select(_ => Sums(into, 4))];
        Expr rows = Bound(into, "rowsOfGroup", Add(Mul(Div(WarpOfGroup, Int(WarpgroupShape.Warps)), Int(WarpgroupShape.Rows * words)), Int(left.From)));
        Arriving arriving = ArrivingOf(stages, left, right, into);

        // The first stages, before there is anything to multiply. What cannot be started is stored in the turn that multiplies it.
        var early = state.NewVar("chunk", DType.I32);
        var filling = new List<Stmt>();
        Arrival first = ArrivalOf(stages, arriving, early, filling);
        filling.AddRange([first.Started, new CommitCopies { Location = location }, .. first.Ends]);
        into.Add(new For(early, Zero, Int(TurnsAhead), Int(1), filling) { Location = location });

        var turn = state.NewVar("turn", DType.I32);
        var body = new List<Stmt>();
        body.AddRange([.. ArrivalOf(stages, arriving, turn, body).Stored]);
        body.AddRange([new WaitCopies(TurnsAhead - 1) { Location = location }, new PublishLocal { Location = location }, new Barrier { Location = location }]);
        Expr current = Bound(body, "current", StageAt(stages, turn)), rowsFrom = Bound(body, "rowsFrom", Add(current, rows)), columnsFrom = Bound(body, "columnsFrom", Add(current, Int(right.From)));
        body.Add(new OrderSums { Location = location });
        for (int word = 0; word < words; word += WordsOfProduct)
            body.Add(new MultiplyWarpgroup(stages.Element, [.. sums.SelectMany(each => each)], stages.Buffer, Add(rowsFrom, Int(word)), Add(columnsFrom, Int(word))) { Location = location });
        body.Add(new CommitProducts { Location = location });
        Arrival next = ArrivalOf(stages, arriving, Bound(body, "chunk", Add(turn, Int(TurnsAhead))), body);
        body.AddRange([next.Started, new CommitCopies { Location = location }, new WaitProducts(1) { Location = location }, .. next.Ends]);
        into.Add(new For(turn, Zero, arriving.Chunks, Int(1), body) { Location = location });
        into.Add(new WaitProducts(0) { Location = location });
        return new ProductSums(top, place, [sums]);
    }
}
