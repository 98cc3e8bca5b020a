using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>Reductions and scans by a whole group.</content>
internal sealed partial class ThreadNests
{
    private void AxisReduce(AxisReduceRoot root, Expr[] extents, List<Stmt> into)
    {
        bool alongRows = root.Axis == 1;
        Expr kept = extents[alongRows ? 0 : 1], reduced = extents[alongRows ? 1 : 0];
        Cell Of(ElementEmitter emitter, AxisIndex k, AxisIndex r) => alongRows ? emitter.Emit(root.Operand, k, r) : emitter.Emit(root.Operand, r, k);
        if (IsShort(root.Operand.Type.Shape[alongRows ? 1 : 0]) || !alongRows)
        {
            Distributed(into, [kept], (emitter, at) =>
            {
                Expr total = Serial(emitter, root.Kind, root.Target.Storage.Type, reduced, r => Of(emitter, at[0], r).Scalar());
                StoreTile(root.Target, at, total, emitter);
            });
            return;
        }

        EachRow(into, root.Kind, root.Target, kept, reduced,
            (emitter, row, r, partial) => Combined(root.Kind, partial, emitter.Bind(Of(emitter, row, r).Scalar(), null, emitter.Depth)),
            (_, _, total) => total);
    }

    private void ArgReduce(ArgReduceRoot root, Expr extent, List<Stmt> into)
    {
        DType type = root.Operand.Type.DType;
        OpCode better = root.Kind == ReduceKind.Max ? OpCode.Gt : OpCode.Lt;
        LocalBuffer values = Scratch(type), indices = Scratch(DType.I32, type == DType.I32 ? "indices" : null);
        var statements = new List<Stmt>();
        Var best = Mutable(statements, "best", new Literal(BeforeFirst(root.Kind, type)));
        Var at = Mutable(statements, "at", Int(int.MaxValue));
        void Compare(ElementEmitter emitter, AxisIndex[] run)
        {
            Expr[] compared = [.. run.Select(index => emitter.Bind(emitter.Emit(root.Operand, index).Scalar(), null, emitter.Depth))];
            for (int i = 0; i < run.Length; i++)
                emitter.Innermost.Add(new If(Wins(better, compared[i], best, type, false), [new Assign(best, compared[i]), new Assign(at, run[i].Cell.Scalar())], []));
        }

        if (HasWarps)
            Runs(statements, new ThreadIndex(), Group, extent, Compare);
        else
            Strided(statements, [extent], Compare);
        if (ShufflesTotals)
        {
            Var place = ArgOfWarps(statements, better, best, at, values, indices, into);
            Append(into, new Let(root.Result, Op(OpCode.Select, DType.I32, Op(OpCode.Eq, DType.Bool, place, Int(int.MaxValue)), Zero, place)) { Location = root.Location });
            return;
        }

        statements.Add(new StoreLocal(values, new ThreadIndex(), best));
        statements.Add(new StoreLocal(indices, new ThreadIndex(), at));
        Append(into, [.. statements]);
        Tree(into, (mine, other) =>
        {
            var body = new List<Stmt>();
            Expr Read(LocalBuffer buffer, Expr index, string name) => Bound(body, name, new LoadLocal(buffer, index, false));
            Expr v0 = Read(values, mine, "mine"), v1 = Read(values, other, "theirs"), i0 = Read(indices, mine, "mineAt"), i1 = Read(indices, other, "theirsAt");
            Expr wins = Op(OpCode.Or, DType.Bool, Wins(better, v1, v0, type, false),
                Op(OpCode.And, DType.Bool, Op(OpCode.Eq, DType.Bool, v1, v0), Op(OpCode.Lt, DType.Bool, i1, i0)));
            body.Add(new If(wins, [new StoreLocal(values, mine, v1), new StoreLocal(indices, mine, i1)], []));
            return body;
        });
        Expr first = new LoadLocal(indices, Zero, false);
        Var found = state.NewVar("found", DType.I32);
        Append(into, new Let(found, first));
        Append(into, new Let(root.Result, Op(OpCode.Select, DType.I32, Op(OpCode.Eq, DType.Bool, found, Int(int.MaxValue)), Zero, found)) { Location = root.Location });
    }

    // Each item scans a chunk of its own, then adds what the chunks before it hold.
    private void Scan(ScanRoot root, Expr extent, List<Stmt> into)
    {
        DType type = root.Target.Storage.Type;
        LocalBuffer totals = Scratch(type);
        Expr chunk = Bound(into, "chunk", Div(Sub(Add(extent, Items), Int(1)), Items));
        Expr from = Bound(into, "from", Mul(new ThreadIndex(), chunk));
        Expr to = Bound(into, "to", Make(OpCode.Min, Add(from, chunk), extent));
        var first = new List<Stmt>();
        Var running = Mutable(first, "running", new Literal(Identity(root.Kind, type)));
        Over(first, from, to, Int(1), (emitter, index) =>
        {
            emitter.Innermost.Add(new Assign(running, Op(Combine(root.Kind), type, running, emitter.Emit(root.Operand, index).Scalar())));
            StoreTile(root.Target, [index], running, emitter);
        });
        first.Add(new StoreLocal(totals, new ThreadIndex(), running));
        Append(into, [.. first]);
        var second = new List<Stmt>();
        Var before = Mutable(second, "before", new Literal(Identity(root.Kind, type)));
        Over(second, Zero, new ThreadIndex(), Int(1), (emitter, index) =>
            emitter.Innermost.Add(new Assign(before, Op(Combine(root.Kind), type, before, new LoadLocal(totals, index.Cell.Scalar(), false)))));
        Over(second, from, to, Int(1), (emitter, index) =>
        {
            Expr old = new LoadLocal(root.Target.Storage, index.Cell.Scalar(), false);
            emitter.Innermost.Add(new StoreLocal(root.Target.Storage, index.Cell.Scalar(), Op(Combine(root.Kind), type, before, old)));
        });
        Append(into, [.. second]);
    }

    private Var Serial(ElementEmitter emitter, ReduceKind kind, DType type, Expr extent, Func<AxisIndex, Expr> element)
    {
        Var total = Mutable(emitter.Innermost, "total", new Literal(Identity(kind, type)));
        Over(emitter, Zero, extent, Int(1), index => emitter.Innermost.Add(new Assign(total, Combined(kind, total, element(index)))));
        return total;
    }

    /// <summary>Reduces rows that are long to one element each: what an element makes of the partial result, and what is stored of the total.</summary>
    private void EachRow(
        List<Stmt> into, ReduceKind kind, TileBuffer target, Expr rows, Expr length, Func<ElementEmitter, AxisIndex, AxisIndex, Var, Expr> next,
        Func<ElementEmitter, AxisIndex, Var, Expr> stored, int together = 1)
    {
        if (HasWarps && rows is not Literal { Value.I32: 1 })
        {
            RowsOfWarps(into, kind, target, rows, length, next, stored, together);
            return;
        }

        RowByRow(into, rows, (body, row) =>
        {
            Var total = state.NewVar("total", target.Storage.Type);
            Total(body, kind, total, [length], (emitter, at, partial) => next(emitter, row, at[0], partial));
            ByFirst(body, emitter => StoreTile(target, [row], stored(emitter, row, total), emitter));
        });
    }

    private void Total(List<Stmt> into, ReduceKind kind, Var result, Expr[] extents, Func<ElementEmitter, AxisIndex[], Expr> element) =>
        Total(into, kind, result, extents, (emitter, at, partial) => Combined(kind, partial, emitter.Bind(element(emitter, at), null, emitter.Depth)));

    /// <summary>Reduces all elements to a scalar every item knows.</summary>
    private void Total(List<Stmt> into, ReduceKind kind, Var result, Expr[] extents, Func<ElementEmitter, AxisIndex[], Var, Expr> next)
    {
        var statements = new List<Stmt>();
        Var partial = Mutable(statements, "partial", new Literal(Identity(kind, result.Type)));
        void Step(ElementEmitter emitter, AxisIndex[] at)
        {
            Expr value = next(emitter, at, partial);
            emitter.Innermost.Add(new Assign(partial, value) { Location = state.Location });
        }

        if (ShufflesTotals)
        {
            if (HasWarps && extents.Length == 1)
                Runs(statements, new ThreadIndex(), Group, extents[0], (emitter, run) => Array.ForEach(run, index => Step(emitter, [index])));
            else
                Strided(statements, extents, Step);
            TotalOfWarps(statements, kind, partial, result, into);
            return;
        }

        LocalBuffer scratch = Scratch(result.Type);
        Strided(statements, extents, Step);
        statements.Add(new StoreLocal(scratch, new ThreadIndex(), partial));
        Append(into, [.. statements]);
        Tree(into, (mine, other) =>
            [new StoreLocal(scratch, mine, Combined(kind, new LoadLocal(scratch, mine, false), new LoadLocal(scratch, other, false)))]);
        Append(into, new Let(result, new LoadLocal(scratch, Zero, false)) { Location = state.Location });
    }

    // Halves the active items each step (in a smaller group the last steps find one); the last value is in slot 0. Work-group sizes are any positive number: an odd one out waits a step. A loop
    // with one barrier: drivers that run work-items as loops take time to compile that grows with the square of the barriers and more.
    private void Tree(List<Stmt> into, Func<Expr, Expr, List<Stmt>> combine)
    {
        int steps = 0;
        for (int left = Group; left > 1; left = (left + 1) / 2)
            steps++;
        if (steps == 0)
            return;
        Var active = Mutable(into, "active", Items), step = state.NewVar("step", DType.I32);
        var body = new List<Stmt> { new Barrier { Location = state.Location } };
        Expr half = Bound(body, "half", Div(Add(active, Int(1)), Int(2)));
        body.Add(new If(Less(new ThreadIndex(), Sub(active, half)), combine(new ThreadIndex(), Add(new ThreadIndex(), half)), []));
        body.Add(new Assign(active, half));
        into.Add(new For(step, Zero, Int(steps), Int(1), body) { Location = state.Location });
        Barrier(into);
    }
}
