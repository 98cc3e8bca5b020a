using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>Reductions by warps.</content>
internal sealed partial class ThreadNests
{
    // Elements a work-item takes one after the other, so that their loads lie together and share what they have in common: a quantized block's scale.
    private const int Run = 8;

    // Runs of a row of a product that a lane reads before it multiplies any.
    private const int RunsOfWarp = 2;

    private bool HasWarps => features.HasWarps && Group % Warp.Size == 0;

    private bool ShufflesTotals => HasWarps || (features.ShufflesTotals && Group % Warp.Size == 0);

    private int Warps => Group / Warp.Size;

    private static Expr LaneOfWarp => And(new ThreadIndex(), Int(Warp.Size - 1));

    private static Expr WarpOfGroup => Make(OpCode.Shr, new ThreadIndex(), Int(5));

    // What is known of extents that are variables: the most elements there can be.
    private readonly Dictionary<Expr, int> _most = [];

    // Numbers of rows of tiles of two axes, which no constant bounds: few, so that runs of them would be code for nothing.
    private readonly HashSet<Expr> _rows = [];
    private HashSet<Value>? _rowCounts;

    private void Learn(Nest nest)
    {
        if (!HasWarps)
            return;
        _rowCounts ??= RowCounts(state.Kernel.Body, []);
        if (nest is { Shape.Length: 1, Extents.Length: 1 } && nest.Shape[0].Dynamic is { } count && _rowCounts.Contains(count))
            _rows.Add(nest.Extents[0]);
        for (int axis = 0; axis < nest.Extents.Length; axis++)
            Learn(nest.Extents[axis], nest.Shape[axis]);
        foreach (ContractRoot product in nest.Roots.OfType<ContractRoot>())
        {
            Learn(product.K, product.A.Type.Shape[product.A.Type.Rank - 1]);
            if (product.A.Type.Rank == 2)
                Learn(product.M, product.A.Type.Shape[0]);
            if (product.B.Type.Rank == 2)
                Learn(product.N, product.B.Type.Shape[1]);
        }
    }

    private static HashSet<Value> RowCounts(Block block, HashSet<Value> counts)
    {
        foreach (Op op in block.Ops)
        {
            foreach (Value tile in op.Results.Where(result => result.Type.Rank == 2 && result.Type.Shape[0].Dynamic is not null))
                counts.Add(tile.Type.Shape[0].Dynamic!);
            foreach (Block region in op.Regions)
                RowCounts(region, counts);
        }

        return counts;
    }

    private void Learn(Expr value, Extent extent)
    {
        if (LaunchExpressions.Most(extent, state.Kernel) is { } most)
            _most[value] = most;
    }

    // No longer than that every work-item has one.
    private int RunOf(Expr extent, int items)
    {
        int run = _rows.Contains(extent) && !_most.ContainsKey(extent) ? 1 : Run;
        while (run > 1 && _most.TryGetValue(extent, out int most) && most < run * items)
            run /= 2;
        return run;
    }

    /// <summary>
    /// The elements 0 to extent - 1 over some work-items: runs of up to <see cref="Run"/> consecutive ones first, then what is left, one an item.
    /// </summary>
    private void Runs(List<Stmt> into, Expr item, int items, Expr extent, Action<ElementEmitter, AxisIndex[]> body, int together = 1)
    {
        int run = RunOf(extent, items);
        if (together > 1 && run == Run && extent is not Literal)
        {
            // Several runs a turn first, so that more is under way.
            Expr bulk = Bound(into, "bulk", And(extent, Int(-together * run * items)));
            RunLoop(into, Mul(item, Int(run)), bulk, run, run * items, body, together);
            Expr rest = Bound(into, "whole", And(extent, Int(-run)));
            RunLoop(into, Add(bulk, Mul(item, Int(run))), rest, run, run * items, body);
            Over(into, Add(rest, item), extent, Int(items), (emitter, index) => body(emitter, [index]));
            return;
        }

        Expr whole = run == 1 ? Zero : extent is Literal { Value.I32: var n } ? Int(n / run * run) : Bound(into, "whole", And(extent, Int(-run)));
        if (run > 1)
            RunLoop(into, Mul(item, Int(run)), whole, run, run * items, body);
        if (whole != extent)
            Over(into, Add(whole, item), extent, Int(items), (emitter, index) => body(emitter, [index]));
    }

    private void RunLoop(List<Stmt> into, Expr from, Expr to, int run, int step, Action<ElementEmitter, AxisIndex[]> body, int together = 1)
    {
        Var first = state.NewVar("e", DType.I32, false, run);
        var emitter = new ElementEmitter(state, into);
        var statements = new List<Stmt>();
        emitter.Push(statements);
        body(emitter, [.. Enumerable.Range(0, run * together).Select(i => new AxisIndex(new Cell(first, false, (i / run * step) + (i % run), run), emitter.Depth))]);
        emitter.Pop();
        into.Add(new For(first, from, to, Int(step * together), statements) { Location = state.Location });
    }

    // All of a run is computed before any of it is stored, so that loads lie together and stores do.
    private void ElementRuns(Root[] roots, Expr[] extents, List<Stmt> into)
    {
        void Body(ElementEmitter emitter, AxisIndex[][] run)
        {
            foreach (Root root in roots)
            {
                Action[] stores = [.. run.Select(at => Computed(root, emitter, at))];
                foreach (Action store in stores)
                    store();
            }
        }

        var statements = new List<Stmt>();
        if (extents.Length == 1)
        {
            Runs(statements, new ThreadIndex(), Group, extents[0], (emitter, run) => Body(emitter, [.. run.Select(at => new[] { at })]));
        }
        else if (RunOfColumns(extents) is > 1 and var length)
        {
            // No run goes over the end of a row.
            Cell columns = Cell.Of((Literal)extents[1]);
            RunLoop(statements, Mul(new ThreadIndex(), Int(length)), Mul(extents[0], extents[1]), length, length * Group, (emitter, run) =>
            {
                AxisIndex At(OpCode code, AxisIndex element) =>
                    new(Cell.Index(code, element.Cell, columns, e => emitter.Bind(e, code == OpCode.Div ? "row" : "column", emitter.Depth))!, emitter.Depth);
                Body(emitter, [.. run.Select(element => new[] { At(OpCode.Div, element), At(OpCode.Rem, element) })]);
            });
        }
        else if (_productColumns.TryGetValue((extents[0], extents[1]), out int columns))
        {
            Fours(statements, extents, columns / Neighbours, Body);
        }
        else
        {
            Strided(statements, extents, (emitter, at) => Body(emitter, [at]));
        }

        Append(into, [.. statements]);
    }

    // Neighbours that are read and written at once, and the columns of products, by their extents, whose rows are whole numbers of them: a power of two.
    private const int Neighbours = 4;
    private readonly Dictionary<(Expr Rows, Expr Columns), int> _productColumns = [];

    // A row's elements four by four; those of the last columns, where they are fewer, one by one.
    private void Fours(List<Stmt> into, Expr[] extents, int quads, Action<ElementEmitter, AxisIndex[][]> body)
    {
        Over(into, new ThreadIndex(), Mul(extents[0], Int(quads)), Int(Group), (emitter, item) =>
        {
            Expr Bind(string name, Expr value) => emitter.Bind(value, name, emitter.Depth);
            var row = new AxisIndex(new Cell(Bind("row", Part(item.Cell.Scalar(), quads))), emitter.Depth);
            Expr first = Bind("column", Mul(And(item.Cell.Scalar(), Int(quads - 1)), Int(Neighbours)));
            List<Stmt> whole = [], single = [];
            emitter.Push(whole);
            body(emitter, [.. Enumerable.Range(0, Neighbours).Select(i => new[] { row, new AxisIndex(new Cell(first, false, i, Neighbours), emitter.Depth) })]);
            emitter.Pop();
            emitter.Push(single);
            Over(emitter, first, extents[1], Int(1), column => body(emitter, [[row, column]]));
            emitter.Pop();
            emitter.Innermost.Add(new If(Less(Add(first, Int(Neighbours - 1)), extents[1]), whole, single) { Location = state.Location });
        });
    }

    private int RunOfColumns(Expr[] extents)
    {
        if (extents[1] is not Literal { Value.I32: var columns } || (columns & (columns - 1)) != 0)
            return 1;
        int run = Math.Min(Run, columns), rows = _most.TryGetValue(extents[0], out int most) ? most : UsualRows;
        while (run > 1 && rows * columns < run * Group)
            run /= 2;
        return run;
    }

    /// <summary>Combines the partial results of a warp: each of its work-items has the total then.</summary>
    private void Butterfly(List<Stmt> into, ReduceKind kind, Var partial) => Butterfly(into, kind, partial, Warp.Size / 2, 1);

    /// <summary>Combines those of work-items whose lanes differ in some bits.</summary>
    private void Butterfly(List<Stmt> into, ReduceKind kind, Var partial, int mostMask, int leastMask)
    {
        for (int mask = mostMask; mask >= leastMask; mask /= 2)
        {
            Var other = state.NewVar("other", partial.Type);
            into.Add(new Shuffle(other, partial, mask) { Location = state.Location });
            into.Add(new Assign(partial, Combined(kind, partial, other)) { Location = state.Location });
        }
    }

    // One partial result a warp goes through memory; every work-item combines them in the same order.
    private void TotalOfWarps(List<Stmt> statements, ReduceKind kind, Var partial, Var result, List<Stmt> into)
    {
        Butterfly(statements, kind, partial);
        if (Warps == 1 && HasWarps)
        {
            statements.Add(new Let(result, partial) { Location = state.Location });
            Append(into, [.. statements]);
            return;
        }

        LocalBuffer scratch = Scratch(partial.Type);
        statements.Add(new If(Op(OpCode.Eq, DType.Bool, LaneOfWarp, Zero), [new StoreLocal(scratch, WarpOfGroup, partial)], []));
        Append(into, [.. statements]);
        var combined = new List<Stmt>();
        Expr total = Bound(combined, "part", new LoadLocal(scratch, Zero, false));
        for (int warp = 1; warp < Warps; warp++)
            total = Bound(combined, "part", Combined(kind, total, Bound(combined, "part", new LoadLocal(scratch, Int(warp), false))));
        combined.Add(new Let(result, total) { Location = state.Location });
        Append(into, [.. combined]);
    }

    // Where the best is, as every work-item knows it.
    private Var ArgOfWarps(List<Stmt> statements, OpCode better, Var best, Var at, LocalBuffer values, LocalBuffer indices, List<Stmt> into)
    {
        void Take(List<Stmt> body, Expr value, Expr index, Var best, Var at) =>
            body.Add(new If(
                Op(OpCode.Or, DType.Bool, Wins(better, value, best, best.Type, false),
                    Op(OpCode.And, DType.Bool, Op(OpCode.Eq, DType.Bool, value, best), Op(OpCode.Lt, DType.Bool, index, at))),
                [new Assign(best, value), new Assign(at, index)],
                []));

        for (int mask = Warp.Size / 2; mask > 0; mask /= 2)
        {
            Var value = state.NewVar("theirs", best.Type), index = state.NewVar("theirsAt", DType.I32);
            statements.Add(new Shuffle(value, best, mask) { Location = state.Location });
            statements.Add(new Shuffle(index, at, mask) { Location = state.Location });
            Take(statements, value, index, best, at);
        }

        if (Warps == 1 && HasWarps)
        {
            Append(into, [.. statements]);
            return at;
        }

        statements.Add(new If(Op(OpCode.Eq, DType.Bool, LaneOfWarp, Zero),
            [new StoreLocal(values, WarpOfGroup, best), new StoreLocal(indices, WarpOfGroup, at)], []));
        Append(into, [.. statements]);
        var combined = new List<Stmt>();
        Var first = Mutable(combined, "best", new LoadLocal(values, Zero, false)), place = Mutable(combined, "at", new LoadLocal(indices, Zero, false));
        for (int warp = 1; warp < Warps; warp++)
        {
            Expr value = Bound(combined, "theirs", new LoadLocal(values, Int(warp), false)), index = Bound(combined, "theirsAt", new LoadLocal(indices, Int(warp), false));
            Take(combined, value, index, first, place);
        }

        Append(into, [.. combined]);
        return place;
    }

    // Rows one after the other on each warp, without a barrier.
    private void RowsOfWarps(
        List<Stmt> into, ReduceKind kind, TileBuffer target, Expr rows, Expr length, Func<ElementEmitter, AxisIndex, AxisIndex, Var, Expr> next,
        Func<ElementEmitter, AxisIndex, Var, Expr> stored, int together)
    {
        Var index = state.NewVar("row", DType.I32);
        var row = new AxisIndex(new Cell(index), 0);
        var statements = new List<Stmt>();
        Var partial = Mutable(statements, "partial", new Literal(Identity(kind, target.Storage.Type)));
        Runs(statements, LaneOfWarp, Warp.Size, length, (emitter, run) =>
        {
            foreach (AxisIndex element in run)
                emitter.Innermost.Add(new Assign(partial, next(emitter, row, element, partial)) { Location = state.Location });
        }, together);
        Butterfly(statements, kind, partial);
        var body = new List<Stmt>();
        var emitter = new ElementEmitter(state, body);
        StoreTile(target, [row], stored(emitter, row, partial), emitter);
        statements.Add(new If(Op(OpCode.Eq, DType.Bool, LaneOfWarp, Zero), body, []) { Location = state.Location });
        Append(into, new For(index, WarpOfGroup, rows, Int(Warps), statements) { Location = state.Location });
    }
}
