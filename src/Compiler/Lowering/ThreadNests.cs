using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// Nests distributed over the work-items of a group: element e belongs to item e mod G; reductions combine one partial an item in a tree; a
/// barrier stands wherever one item may read or overwrite what another wrote since the last. Where there are warps, the work-items of one reduce by
/// shuffles, and each warp takes rows of its own.
/// </summary>
internal sealed partial class ThreadNests(TileState state, ThreadFeatures features) : INestEmitter
{
    // Rows of at most this many elements are reduced by one item each; longer ones by the whole group, row after row.
    private const int ShortRow = 64;

    private readonly Traffic _open = new();
    private readonly Dictionary<DType, LocalBuffer> _scratch = [];

    public int RowPadding => 1;

    public bool MultipliesMatrices => false;

    private int Group => state.Kernel.WorkGroup;

    public void Uniform(Stmt statement, List<Stmt> into) => Append(into, statement);

    public void Boundary(List<Stmt> into)
    {
        if (!_open.IsEmpty)
            Barrier(into);
    }

    public void Emit(Nest nest, List<Stmt> into)
    {
        Learn(nest);
        if (nest.Extents.Length == 0 && nest.Roots[0] is StoreRoot scalar)
        {
            ByFirst(into, emitter => Store(scalar, emitter, [])());
            return;
        }

        for (int i = 0; i < nest.Roots.Count;)
        {
            state.Location = nest.Roots[i].Location;
            int run = i;
            while (run < nest.Roots.Count && nest.Roots[run] is MaterializeRoot or StoreRoot)
                run++;
            if (run > i)
            {
                ElementLoop(nest.Roots.Skip(i).Take(run - i).ToArray(), nest.Extents, into);
                i = run;
                continue;
            }

            Across(nest.Roots[i++], nest.Extents, into);
        }
    }

    private void Across(Root root, Expr[] extents, List<Stmt> into)
    {
        switch (root)
        {
            case ReduceRoot reduce:
                Total(into, reduce.Kind, reduce.Result, extents, (emitter, at) => emitter.Emit(reduce.Operand, at).Scalar());
                break;
            case AxisReduceRoot axis:
                AxisReduce(axis, extents, into);
                break;
            case ArgReduceRoot arg:
                ArgReduce(arg, extents[0], into);
                break;
            case ScanRoot scan:
                Scan(scan, extents[0], into);
                break;
            case ContractRoot contract:
                Contract(contract, into);
                break;
        }
    }

    // ---- elementwise

    private void ElementLoop(Root[] roots, Expr[] extents, List<Stmt> into)
    {
        if (HasWarps)
        {
            ElementRuns(roots, extents, into);
            return;
        }

        Distributed(into, extents, (emitter, at) =>
        {
            foreach (Root root in roots)
                Computed(root, emitter, at)();
        });
    }

    // Computes what a root stores of an element, and gives what stores it.
    private Action Computed(Root root, ElementEmitter emitter, AxisIndex[] at)
    {
        state.Location = root.Location;
        if (root is StoreRoot store)
            return Store(store, emitter, at);
        var keep = (MaterializeRoot)root;
        Cell value = keep.FromDefinition ? emitter.EmitDefinition(keep.Value, at) : emitter.Emit(keep.Value, at);
        return () => StoreTile(keep.Target, at, value.Scalar(), emitter);
    }

    private static void StoreTile(TileBuffer target, AxisIndex[] at, Expr value, ElementEmitter emitter)
    {
        if (value.Type == DType.Bool)
            value = new Apply(OpCode.Select, DType.I32, false, new[] { value, Int(1), Zero });
        Expr index = target.Index(at, e => emitter.Bind(e, null, emitter.Depth)).Scalar();
        emitter.Innermost.Add(new StoreLocal(target.Storage, index, value));
    }

    private Action Store(StoreRoot root, ElementEmitter emitter, AxisIndex[] at)
    {
        MemoryAccess access = root.Op.Attr<MemoryAccess>();
        Expr[] operands = root.Op.Operands.Select(o => emitter.Emit(o, at).Scalar()).ToArray();
        int axes = operands.Length - (access.Masked ? 2 : 1);
        Expr? guard = access.Masked ? operands[axes + 1] : null;
        Element element = state.ElementOf(access.View);
        return () => emitter.Innermost.Add(
            new StoreView(access.View, operands.Take(axes).ToArray(), element, operands[axes], null, guard) { Location = root.Location });
    }

    // ---- reductions

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
        {
            Runs(statements, new ThreadIndex(), Group, extent, Compare);
            ArgOfWarps(statements, better, best, at, values, indices, into);
            Append(into, new Let(root.Result, Op(OpCode.Select, DType.I32, Op(OpCode.Eq, DType.Bool, at, Int(int.MaxValue)), Zero, at)) { Location = root.Location });
            return;
        }

        Strided(statements, [extent], Compare);
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
        Expr chunk = Bound(into, "chunk", Div(Add(extent, Int(Group - 1)), Int(Group)));
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

    public void FakeQuantize(TileBuffer source, TileBuffer target, Expr rows, Expr columns, Expr group, List<Stmt> into)
    {
        Expr groups = Bound(into, "groups", Div(Sub(Add(columns, group), Int(1)), group));
        Expr[] extents = source.Rank == 1 ? [groups] : [rows, groups];
        Distributed(into, extents, (emitter, at) =>
        {
            Expr Bind(Expr e) => emitter.Bind(e, null, emitter.Depth);
            Expr from = Bind(Mul(at[at.Length - 1].Cell.Scalar(), group)), to = Bind(Make(OpCode.Min, Add(from, group), columns));
            Expr Place(AxisIndex element) =>
                source.Index(source.Rank == 1 ? [element] : [at[0], element], e => emitter.Bind(e, null, emitter.Depth)).Scalar();

            // Zero times a NaN or an infinity is NaN, and stays one in the sum.
            Var largest = Mutable(emitter.Innermost, "largest", new Literal(Number.Of(0f))), spoiled = Mutable(emitter.Innermost, "spoiled", new Literal(Number.Of(0f)));
            Over(emitter, from, to, Int(1), e =>
            {
                Expr value = Bind(new LoadLocal(source.Storage, Place(e), false));
                emitter.Innermost.Add(new Assign(largest, Combined(ReduceKind.Max, largest, Bind(new Apply(OpCode.Abs, DType.F32, false, new[] { value })))));
                emitter.Innermost.Add(new Assign(spoiled, Op(OpCode.Fma, DType.F32, value, new Literal(Number.Of(0f)), spoiled)));
            });
            (Expr scale, Expr inverse) = ScaleOf(largest, spoiled, Bind);
            Over(emitter, from, to, Int(1), e =>
            {
                Expr place = Bind(Place(e));
                Expr code = new Apply(OpCode.Round, DType.F32, false, new[] { Op(OpCode.Mul, DType.F32, new LoadLocal(source.Storage, place, false), inverse) });
                emitter.Innermost.Add(new StoreLocal(target.Storage, place, Op(OpCode.Mul, DType.F32, code, scale)));
            });
        });
    }

    // ---- contractions

    private void Contract(ContractRoot root, List<Stmt> into)
    {
        if (root.Bytes is { } plan)
        {
            Bytes(root, plan, into);
            return;
        }

        if (Halves(root) is var (element, left, right))
        {
            HalfMatrices(root, element, left, right, into);
            return;
        }

        Expr Product(ElementEmitter emitter, AxisIndex m, AxisIndex n, AxisIndex k, Func<Expr, Expr, Expr> combine)
        {
            Expr a = Compute(emitter.Emit(root.A, root.A.Type.Rank == 1 ? [k] : [m, k]).Scalar(), root.Type);
            Expr b = Compute(emitter.Emit(root.B, root.B.Type.Rank == 1 ? [k] : [k, n]).Scalar(), root.Type);
            return combine(a, b);
        }

        Expr Times(Expr a, Expr b) => Op(OpCode.Mul, root.Type, a, b);
        if (root.Result is { } scalar)
        {
            Expr Terms(ElementEmitter emitter, AxisIndex[] at) => Product(emitter, AxisIndex.Zero, AxisIndex.Zero, at[0], Times);
            if (root.Accumulator is null)
            {
                Total(into, ReduceKind.Sum, scalar, [root.K], Terms);
                return;
            }

            Var sum = state.NewVar("sum", root.Type);
            Total(into, ReduceKind.Sum, sum, [root.K], Terms);
            Append(into, new Let(scalar, Op(OpCode.Add, root.Type, state.Scalars[root.Accumulator], sum)));
            return;
        }

        if (root.Target!.Rank == 1 && !IsShort(root.A.Type.Shape[1]))
        {
            EachRow(into, ReduceKind.Sum, root.Target, root.M, root.K, (emitter, row, k, partial) => HasWarps && root.Type == DType.F32
                    ? Product(emitter, row, AxisIndex.Zero, k, (a, b) => Op(OpCode.Fma, DType.F32, a, b, partial))
                    : Op(OpCode.Add, root.Type, partial, emitter.Bind(Product(emitter, row, AxisIndex.Zero, k, Times), null, emitter.Depth)),
                (emitter, row, total) => WithAccumulator(root, emitter, [row], total), RunsOfWarp);
            return;
        }

        if (HasWarps && root.Target.Rank == 2)
        {
            Patches(root, into);
            return;
        }

        Distributed(into, root.Target.Rank == 1 ? [root.M] : [root.M, root.N], (emitter, at) =>
        {
            Var sum = Mutable(emitter.Innermost, "sum", new Literal(Number.OfBits(root.Type, 0)));
            Over(emitter, Zero, root.K, Int(1), k =>
            {
                Expr next = Product(emitter, at[0], at[at.Length - 1], k, (a, b) => root.Type == DType.F32
                    ? Op(OpCode.Fma, DType.F32, a, b, sum)
                    : Op(OpCode.Add, root.Type, sum, Times(a, b)));
                emitter.Innermost.Add(new Assign(sum, next) { Location = root.Location });
            });
            StoreTile(root.Target, at, WithAccumulator(root, emitter, at, sum), emitter);
        });
    }

    private static Expr WithAccumulator(ContractRoot root, ElementEmitter emitter, AxisIndex[] at, Expr sum) => root.Accumulator is { } accumulator
        ? Op(OpCode.Add, root.Type, emitter.Emit(accumulator, at).Scalar(), sum)
        : sum;

    private static Expr Compute(Expr value, DType type) => value.Type == type ? value : new Apply(OpCode.Convert, type, false, new[] { value }, type);

    // ---- distribution

    /// <summary>Runs a body for every element, element e on item e mod G, with the barriers it needs.</summary>
    private void Distributed(List<Stmt> into, Expr[] extents, Action<ElementEmitter, AxisIndex[]> body)
    {
        var statements = new List<Stmt>();
        Strided(statements, extents, body);
        Append(into, [.. statements]);
    }

    private void Strided(List<Stmt> into, Expr[] extents, Action<ElementEmitter, AxisIndex[]> body)
    {
        Expr count = extents.Length == 2 ? Mul(extents[0], extents[1]) : extents[0];
        Over(into, new ThreadIndex(), count, Int(Group), (emitter, element) =>
        {
            if (extents.Length == 1)
            {
                body(emitter, [element]);
                return;
            }

            Expr row = emitter.Bind(Div(element.Cell.Scalar(), extents[1]), "row", emitter.Depth);
            Expr column = emitter.Bind(Sub(element.Cell.Scalar(), Mul(row, extents[1])), "column", emitter.Depth);
            AxisIndex Index(Expr e) => new(Cell.Integer(e, 1), emitter.Depth);
            body(emitter, [Index(row), Index(column)]);
        });
    }

    private void Over(List<Stmt> into, Expr from, Expr to, Expr step, Action<ElementEmitter, AxisIndex> body)
    {
        var emitter = new ElementEmitter(state, into);
        Over(emitter, from, to, step, index => body(emitter, index));
    }

    private void Over(ElementEmitter emitter, Expr from, Expr to, Expr step, Action<AxisIndex> body)
    {
        Var index = state.NewVar("e", DType.I32);
        var statements = new List<Stmt>();
        emitter.Push(statements);
        body(new AxisIndex(new Cell(index), emitter.Depth));
        emitter.Pop();
        emitter.Innermost.Add(new For(index, from, to, step, statements) { Location = state.Location });
    }

    /// <summary>A loop every item runs alike, whose body contains barriers.</summary>
    private void RowByRow(List<Stmt> into, Expr rows, Action<List<Stmt>, AxisIndex> body)
    {
        if (rows is Literal { Value.I32: 1 })
        {
            body(into, AxisIndex.Zero);
            return;
        }

        Boundary(into);
        Var index = state.NewVar("row", DType.I32);
        var statements = new List<Stmt>();
        body(statements, new AxisIndex(new Cell(index), 0));
        Boundary(statements);
        into.Add(new For(index, Zero, rows, Int(1), statements) { Location = state.Location });
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

        if (HasWarps)
        {
            if (extents.Length == 1)
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

    // Halves the active items each step; the last value is in slot 0. Work-group sizes are any positive number: an odd one out waits a step. A loop
    // with one barrier: drivers that run work-items as loops take time to compile that grows with the square of the barriers and more.
    private void Tree(List<Stmt> into, Func<Expr, Expr, List<Stmt>> combine)
    {
        int steps = 0;
        for (int left = Group; left > 1; left = (left + 1) / 2)
            steps++;
        if (steps == 0)
            return;
        Var active = Mutable(into, "active", Int(Group)), step = state.NewVar("step", DType.I32);
        var body = new List<Stmt> { new Barrier { Location = state.Location } };
        Expr half = Bound(body, "half", Div(Add(active, Int(1)), Int(2)));
        body.Add(new If(Less(new ThreadIndex(), Sub(active, half)), combine(new ThreadIndex(), Add(new ThreadIndex(), half)), []));
        body.Add(new Assign(active, half));
        into.Add(new For(step, Zero, Int(steps), Int(1), body) { Location = state.Location });
        Barrier(into);
    }

    private void ByFirst(List<Stmt> into, Action<ElementEmitter> body)
    {
        var statements = new List<Stmt>();
        body(new ElementEmitter(state, statements));
        Append(into, new If(Op(OpCode.Eq, DType.Bool, new ThreadIndex(), Zero), statements, []) { Location = state.Location });
    }

    private void Append(List<Stmt> into, params Stmt[] statements)
    {
        Traffic traffic = Traffic.Of(statements);
        if (_open.Conflicts(traffic))
            Barrier(into);
        _open.Add(traffic);
        into.AddRange(statements);
    }

    private void Barrier(List<Stmt> into)
    {
        into.Add(new Barrier { Location = state.Location });
        _open.Clear();
    }

    // ---- pieces

    private LocalBuffer Scratch(DType type, string? name = null)
    {
        if (name is not null)
            return state.NewBuffer(name, type, Int(Group));
        if (!_scratch.TryGetValue(type, out LocalBuffer? scratch))
            _scratch[type] = scratch = state.NewBuffer("partials", type, Int(Group));
        return scratch;
    }

    private Var Mutable(List<Stmt> into, string name, Expr initial)
    {
        Var variable = state.NewVar(name, initial.Type);
        into.Add(new Let(variable, initial, true));
        return variable;
    }

    private Expr Bound(List<Stmt> into, string name, Expr value)
    {
        if (value is Literal)
            return value;
        Var variable = state.NewVar(name, value.Type);
        into.Add(new Let(variable, value));
        return variable;
    }

    private bool IsShort(Extent extent) => extent.IsConstant
        ? extent.Constant <= ShortRow
        : state.Bound(extent) is Literal { Value.I32: <= ShortRow };

    private static Apply Op(OpCode code, DType type, params Expr[] operands) => new(code, type, false, operands);

    // As VectorNests: a NaN never replaces the running value.
    private static Apply Combined(ReduceKind kind, Expr running, Expr value) => kind == ReduceKind.Sum
        ? Op(OpCode.Add, running.Type, running, value)
        : Op(OpCode.Select, running.Type, Op(kind == ReduceKind.Max ? OpCode.Gt : OpCode.Lt, DType.Bool, value, running), value, running);
}
