using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// Nests as loops over vectors of <see cref="Lanes.Count"/> lanes along the last axis, with a tail of the remaining elements. Reductions keep one
/// partial a lane in increasing order and combine the lanes at the end, which is the order the language promises.
/// </summary>
internal sealed partial class VectorNests(TileState state, int width) : INestEmitter
{
    // Rows reduced side by side: independent accumulator chains, and what the rows share is loaded once. As many as the width's
    // registers hold; how rows are grouped never changes a row's own sum.
    private readonly int _contractRows = width > 128 ? width / 64 : 1;
    private readonly int _rowsTogether = width / 128;

    public int RowPadding => Lanes.Count;

    public int RowGap(Value tile) => 0;

    public bool SharesRows => true;

    public bool IsInRegisters(Value tile) => false;

    public Fragment? RegistersFor(Value tile) => null;

    public bool MultipliesMatrices => true;

    public bool PacksStores => true;

    public bool Takes(IntegerDot plan, Op product) => true;

    public void Uniform(Stmt statement, List<Stmt> into) => into.Add(statement);

    public void AfterInnerLoop(List<Stmt> into)
    {
    }

    public void Boundary(List<Stmt> into)
    {
    }

    public void Emit(Nest nest, List<Stmt> into)
    {
        state.Location = nest.Roots[0].Location;
        var emitter = new ElementEmitter(state, into);
        switch (nest.Roots[0])
        {
            case ContractRoot contract:
                if (contract.Integers is var (dot, other))
                    ContractIntegers(contract, dot, other, emitter);
                else if (contract.Columns)
                    ContractByColumns(contract, emitter);
                else
                    ContractByDepth(contract, emitter);
                return;
            case ScanRoot scan:
                Scan(scan, nest.Extents[0], emitter);
                return;
        }

        if (nest.Extents.Length == 0)
            Store((StoreRoot)nest.Roots[0], emitter, []);
        else if (nest.Extents.Length == 1)
            Row(nest, emitter);
        else
            Rows(nest, emitter, into);
    }

    // ---- loops

    // What becomes of a row's last elements where they do not fill a vector.
    private enum Tails
    {
        /// <summary>Code of their own.</summary>
        Apart,

        /// <summary>Every vector is counted.</summary>
        Counted,

        /// <summary>Tile storage is padded for whole vectors, and what is computed there is not looked at.</summary>
        Padded,
    }

    private static bool IsLanewise(Nest nest) => nest.Roots.All(r => r is MaterializeRoot or StoreRoot);

    // Where a nest works on tile storage only, short code counts for more than the few instructions that masks take.
    private Tails TailsOf(Nest nest)
    {
        bool stored = nest.Roots.All(r => Operand(r) is { } value && OnlyStorage(value, r is MaterializeRoot { FromDefinition: true }));
        return !stored ? Tails.Apart : nest.Roots.All(r => r is MaterializeRoot) ? Tails.Padded : Tails.Counted;

        Value? Operand(Root root) => root switch
        {
            MaterializeRoot keep => keep.Value,
            ReduceRoot reduce => reduce.Operand,
            AxisReduceRoot axis => axis.Operand,
            _ => null,
        };

        bool OnlyStorage(Value value, bool definition) => value.Type.IsScalar || (!definition && state.Buffers.ContainsKey(value))
            || (value.Definition is { } op && op.Info.Class is OpClass.Elementwise or OpClass.Shape && !Divides(op) && op.Operands.All(o => OnlyStorage(o, false)));

        bool Divides(Op op) => op.Code is OpCode.Div or OpCode.Rem && op.Result.Type.DType != DType.F32;
    }

    /// <summary>Runs a body over whole vectors, then over the tail with the emitter's count set.</summary>
    private void Vectors(ElementEmitter emitter, Expr extent, int unroll, Action<AxisIndex, Expr?> body, Tails tails = Tails.Apart, bool isLanewise = false, Action? atEnd = null)
    {
        if (tails != Tails.Apart && unroll == 1 && !(tails == Tails.Counted && extent is Literal { Value.I32: var size } && size % Lanes.Count == 0))
        {
            InLoop(emitter, Zero, extent, Lanes.Count, "j", isLanewise, index =>
            {
                Expr? count = tails == Tails.Counted ? Bind(emitter, Sub(extent, index), "rest") : null;
                emitter.Count = count;
                body(new AxisIndex(new Cell(index, true, 0, Lanes.Count), emitter.Depth), count);
                emitter.Count = null;
            });
            return;
        }

        int width = Lanes.Count * unroll;
        int? known = (extent as Literal)?.Value.I32;
        Expr whole = known is { } n ? Int(n / width * width) : Bind(emitter, And(extent, Int(-width)));
        if (known is null || known >= width)
        {
            InLoop(emitter, Zero, whole, width, "j", isLanewise, index =>
            {
                for (int u = 0; u < unroll; u++)
                    body(new AxisIndex(new Cell(index, true, u * Lanes.Count, width), emitter.Depth), null);
                atEnd?.Invoke();
            });
        }

        if ((known is { } exact && exact % width == 0) || state.DivisorOf(extent) % width == 0)
            return;
        Tail(emitter, extent, whole, known, unroll, body);
    }

    // The same vectors once more, with counts of what is left for each, none or less for the last ones perhaps.
    private void Tail(ElementEmitter emitter, Expr extent, Expr whole, int? known, int unroll, Action<AxisIndex, Expr?> body)
    {
        int width = Lanes.Count * unroll;
        var statements = new List<Stmt>();
        emitter.Push(statements);
        Expr rest = known is { } n ? Int(n % width) : Bind(emitter, Sub(extent, whole), "rest");
        emitter.TailWidth = width;
        for (int u = 0; u < unroll; u++)
        {
            Expr count = Sub(rest, Int(u * Lanes.Count));
            if (count is Literal { Value.I32: <= 0 })
                break;
            emitter.Count = count is Literal { Value.I32: >= Lanes.Count } ? Int(Lanes.Count) : Bind(emitter, count, "rest");
            Cell start = whole is Literal at ? new Cell(Zero, true, at.Value.I32 + (u * Lanes.Count), 1 << 24) : new Cell(whole, true, u * Lanes.Count, width);
            if (u == 0 || count is Literal)
                body(new AxisIndex(start, emitter.Depth), emitter.Count);
            else
                Under(emitter, Less(Zero, emitter.Count), () => body(new AxisIndex(start, emitter.Depth), emitter.Count));
        }

        emitter.Count = null;
        emitter.TailWidth = 0;
        emitter.Pop();
        if (known is not null)
            emitter.Innermost.AddRange(statements);
        else
            emitter.Innermost.Add(new If(Less(whole, extent), statements, []) { Location = state.Location });
    }

    private void Under(ElementEmitter emitter, Expr condition, Action body)
    {
        var statements = new List<Stmt>();
        emitter.Push(statements);
        body();
        emitter.Pop();
        emitter.Innermost.Add(new If(condition, statements, []) { Location = state.Location });
    }

    private void InLoop(ElementEmitter emitter, Expr from, Expr to, int step, string name, Action<Var> body) =>
        InLoop(emitter, from, to, step, name, false, body);

    private void InLoop(ElementEmitter emitter, Expr from, Expr to, int step, string name, bool isLanewise, Action<Var> body)
    {
        if (from is Literal a && to is Literal b && a.Value.I32 >= b.Value.I32)
            return;
        Var index = state.NewVar(name, DType.I32, false, step);
        var statements = new List<Stmt>();
        emitter.Push(statements);
        body(index);
        emitter.Pop();
        emitter.Innermost.Add(new For(index, from, to, Int(step), statements) { Location = state.Location, IsLanewise = isLanewise });
    }

    /// <summary>Runs a body over indices in groups, then over the remaining ones singly.</summary>
    private void Grouped(ElementEmitter emitter, Expr extent, int group, string name, Action<AxisIndex[]> body)
    {
        int? known = (extent as Literal)?.Value.I32;
        if (known == 1)
        {
            body([AxisIndex.Zero]);
            return;
        }

        if (known is { } few && few < group)
            group = few;
        Expr whole = known is { } n ? Int(n / Math.Max(group, 1) * Math.Max(group, 1)) : Bind(emitter, Mul(Div(extent, Int(group)), Int(group)));
        if (group > 1)
        {
            InLoop(emitter, Zero, whole, group, name, index => body(Enumerable.Range(0, group)
                .Select(u => new AxisIndex(new Cell(index, false, u, group), emitter.Depth)).ToArray()));
        }
        else
        {
            whole = Zero;
        }

        InLoop(emitter, whole, extent, 1, name, index => body([new AxisIndex(new Cell(index), emitter.Depth)]));
    }

    // ---- elementwise and reductions

    private void Rows(Nest nest, ElementEmitter emitter, List<Stmt> into)
    {
        foreach (AxisReduceRoot column in nest.Roots.OfType<AxisReduceRoot>().Where(r => r.Axis == 0))
            Fill(column.Target, nest.Extents[1], Identity(column.Kind, column.Target.Storage.Type), emitter);
        Dictionary<Root, Var> whole = Accumulators(nest.Roots.Where(r => r is ReduceRoot), emitter);
        Dictionary<Root, LocalBuffer> together = CombinedTogether(nest);
        Tails tails = TailsOf(nest);
        bool readsRows = tails == Tails.Apart && nest.Roots.All(r => r is AxisReduceRoot { Axis: 1 });
        Grouped(emitter, nest.Extents[0], readsRows ? _rowsTogether : 1, "i", rows =>
        {
            var partial = new Dictionary<Root, Var>[rows.Length];
            for (int r = 0; r < rows.Length; r++)
                partial[r] = Accumulators(nest.Roots.Where(root => root is AxisReduceRoot { Axis: 1 }), emitter);
            Vectors(emitter, nest.Extents[1], Unroll(nest), (column, count) =>
            {
                for (int r = 0; r < rows.Length; r++)
                {
                    foreach (Root root in nest.Roots)
                        Element(root, emitter, [rows[r], column], count, root is ReduceRoot ? whole : partial[r]);
                }
            }, tails, IsLanewise(nest));
            for (int r = 0; r < rows.Length; r++)
            {
                foreach (KeyValuePair<Root, Var> pair in partial[r])
                {
                    var root = (AxisReduceRoot)pair.Key;
                    Expr index = rows[r].Cell.Scalar();
                    emitter.Innermost.Add((together.TryGetValue(root, out LocalBuffer? lanes)
                        ? new StoreLocal(lanes, Mul(index, Int(Lanes.Count)), pair.Value)
                        : new StoreLocal(root.Target.Storage, index, new ReduceLanes(root.Kind, pair.Value))) with { Location = root.Location });
                }
            }
        });
        foreach (KeyValuePair<Root, LocalBuffer> pair in together)
        {
            var root = (AxisReduceRoot)pair.Key;
            into.Add(new CombineRows(pair.Value, root.Target.Storage, nest.Extents[0], root.Kind) { Location = root.Location });
        }

        Finish(whole, emitter);
    }

    // The lanes of many rows are combined after all rows, several rows at a time; those of a few where each ends.
    private Dictionary<Root, LocalBuffer> CombinedTogether(Nest nest)
    {
        Expr rows = state.Bound(nest.Shape[0]);
        return !LaunchExpressions.IsAtLeast(rows, Lanes.Count, state.Kernel) ? [] : nest.Roots
            .Where(r => r is AxisReduceRoot { Axis: 1, Target.Storage.Type: DType.F32 })
            .ToDictionary(r => r, _ => state.NewBuffer("partial", DType.F32, Mul(rows, Int(Lanes.Count))));
    }

    private void Row(Nest nest, ElementEmitter emitter)
    {
        Dictionary<Root, Var> accumulators = Accumulators(nest.Roots.Where(r => r is ReduceRoot or ArgReduceRoot), emitter);
        var indices = nest.Roots.OfType<ArgReduceRoot>().ToDictionary(r => (Root)r, r => Mutable(emitter, "at", new Broadcast(Int(int.MaxValue))));
        var places = nest.Roots.OfType<StoreRoot>().Where(IsPacked).ToDictionary(r => (Root)r, r => FirstPlace(r, emitter));
        Vectors(emitter, nest.Extents[0], Unroll(nest), (column, count) =>
        {
            foreach (Root root in nest.Roots)
            {
                if (root is StoreRoot store && places.TryGetValue(root, out Var? next))
                    StorePacked(store, emitter, column, next);
                else if (root is ArgReduceRoot arg)
                    ArgElement(arg, emitter, column, count, accumulators[root], indices[root]);
                else
                    Element(root, emitter, [column], count, accumulators);
            }
        }, TailsOf(nest), IsLanewise(nest));
        Finish(accumulators.Where(p => p.Key is ReduceRoot).ToDictionary(p => p.Key, p => p.Value), emitter);
        foreach (KeyValuePair<Root, Var> pair in indices)
            FinishArg((ArgReduceRoot)pair.Key, emitter, accumulators[pair.Key], pair.Value);
    }

    private void Element(Root root, ElementEmitter emitter, AxisIndex[] at, Expr? count, Dictionary<Root, Var> accumulators)
    {
        state.Location = root.Location;
        switch (root)
        {
            case MaterializeRoot keep:
                Cell value = keep.FromDefinition ? emitter.EmitDefinition(keep.Value, at) : emitter.Emit(keep.Value, at);
                StoreTile(keep.Target, at, value, emitter);
                break;
            case StoreRoot store:
                Store(store, emitter, at);
                break;
            case ReduceRoot reduce:
                Accumulate(accumulators[root], reduce.Kind, reduce.Operand, emitter, at, count);
                break;
            case AxisReduceRoot { Axis: 1 } row:
                Accumulate(accumulators[root], row.Kind, row.Operand, emitter, at, count);
                break;
            case AxisReduceRoot column:
                Cell index = at[1].Cell;
                var old = new Cell(emitter.Bind(new LoadLocal(column.Target.Storage, index.Scalar(), true), null, emitter.Depth));
                Expr sum = Combined(column.Kind, old.Base, Vector(emitter, emitter.Emit(column.Operand, at)));
                emitter.Innermost.Add(new StoreLocal(column.Target.Storage, index.Scalar(), sum) { Location = root.Location });
                break;
        }
    }

    private void Accumulate(Var accumulator, ReduceKind kind, Value operand, ElementEmitter emitter, AxisIndex[] at, Expr? count)
    {
        // A sum of products accumulates with fused multiply-add; in a tail, lanes past the end must not count.
        if (kind == ReduceKind.Sum && count is null && operand.Definition is { Code: OpCode.Mul } product && operand.Type.DType == DType.F32
            && !state.Buffers.ContainsKey(operand))
        {
            Expr a = Vector(emitter, emitter.Emit(product.Operands[0], at)), b = Vector(emitter, emitter.Emit(product.Operands[1], at));
            emitter.Innermost.Add(new Assign(accumulator, new Apply(OpCode.Fma, DType.F32, true, new[] { a, b, accumulator })));
            return;
        }

        Expr value = Vector(emitter, emitter.Emit(operand, at));
        if (count is not null)
            value = Masked(emitter, value, count, Identity(kind, accumulator.Type));
        emitter.Innermost.Add(new Assign(accumulator, Combined(kind, accumulator, value)) { Location = state.Location });
    }

    private static void ArgElement(ArgReduceRoot root, ElementEmitter emitter, AxisIndex column, Expr? count, Var best, Var at)
    {
        Expr value = Vector(emitter, emitter.Emit(root.Operand, column));
        if (count is not null)
            value = Masked(emitter, value, count, BeforeFirst(root.Kind, best.Type));
        OpCode better = root.Kind == ReduceKind.Max ? OpCode.Gt : OpCode.Lt;
        Expr wins = emitter.Bind(Wins(better, value, best, best.Type, true), "wins", emitter.Depth);
        Expr index = Vector(emitter, column.Cell);
        emitter.Innermost.Add(new Assign(best, new Apply(OpCode.Select, best.Type, true, new[] { wins, value, best })));
        emitter.Innermost.Add(new Assign(at, new Apply(OpCode.Select, DType.I32, true, new[] { wins, index, at })));
    }

    // The lowest index among the lanes that hold the best value; 0 where nothing ever won.
    private static void FinishArg(ArgReduceRoot root, ElementEmitter emitter, Var best, Var at)
    {
        // A lane that met no number still holds NaN, which the vector maximum would spread.
        Expr found = best;
        if (best.Type == DType.F32)
        {
            var isNumber = new Apply(OpCode.Eq, DType.Bool, true, new Expr[] { best, best });
            found = emitter.Bind(new Apply(OpCode.Select, DType.F32, true, new Expr[] { isNumber, best, new Broadcast(new Literal(Identity(root.Kind, DType.F32))) }), null, 0);
        }

        Expr winner = emitter.Bind(new ReduceLanes(root.Kind, found), "best", 0);
        Expr among = emitter.Bind(new Apply(OpCode.Eq, DType.Bool, true, new Expr[] { best, new Broadcast(winner) }), null, 0);
        Expr candidates = emitter.Bind(new Apply(OpCode.Select, DType.I32, true, new[] { among, at, new Broadcast(Int(int.MaxValue)) }), null, 0);
        Expr lowest = emitter.Bind(new ReduceLanes(ReduceKind.Min, candidates), "lowest", 0);
        Expr none = new Apply(OpCode.Eq, DType.Bool, false, new[] { lowest, Int(int.MaxValue) });
        emitter.Innermost.Add(new Let(root.Result, new Apply(OpCode.Select, DType.I32, false, new[] { none, Zero, lowest })) { Location = root.Location });
    }

    private void Store(StoreRoot root, ElementEmitter emitter, AxisIndex[] at)
    {
        Op op = root.Op;
        MemoryAccess access = op.Attr<MemoryAccess>();
        Cell[] operands = op.Operands.Select(o => emitter.Emit(o, at)).ToArray();
        int axes = operands.Length - (access.Masked ? 2 : 1);
        Cell[] indices = operands.Take(axes).ToArray();
        Cell value = operands[axes];
        Cell? mask = access.Masked ? operands[axes + 1] : null;
        bool scalar = at.Length == 0;
        bool consecutive = !scalar && indices[axes - 1].Lane && indices.Take(axes - 1).All(i => i.IsScalar);
        Expr[] exprs = indices.Select(i => i.IsScalar || consecutive ? i.Scalar() : Vector(emitter, i)).ToArray();
        if (!scalar && !consecutive && exprs.All(e => !e.IsVector))
            exprs[axes - 1] = Vector(emitter, indices[axes - 1]);
        Expr stored = scalar ? value.Scalar() : Vector(emitter, value);
        Expr? guard = mask is null ? null : mask.IsScalar ? mask.Scalar() : Vector(emitter, mask);
        emitter.Innermost.Add(new StoreView(access.View, exprs, state.ElementOf(access.View), stored, scalar ? null : emitter.Count, guard)
        {
            Location = root.Location,
        });
    }

    private bool IsPacked(StoreRoot root) => PackedStore.Of(root.Op) is { } packed && !state.Buffers.ContainsKey(packed.Sums);

    // Of the first lane that is stored the sum is 1.
    private Var FirstPlace(StoreRoot root, ElementEmitter emitter)
    {
        Expr offset = PackedStore.Of(root.Op)!.Offset is { } scalar ? emitter.Emit(scalar).Scalar() : Zero;
        return Mutable(emitter, "next", new Apply(OpCode.Add, DType.I32, false, new[] { offset, Int(1) }), false);
    }

    private void StorePacked(StoreRoot root, ElementEmitter emitter, AxisIndex at, Var next)
    {
        state.Location = root.Location;
        string view = root.Op.Attr<MemoryAccess>().View;
        Expr value = Vector(emitter, emitter.Emit(root.Op.Operands[1], at)), guard = Vector(emitter, emitter.Emit(root.Op.Operands[2], at));
        emitter.Innermost.Add(new StoreView(view, new Expr[] { next }, state.ElementOf(view), value, emitter.Count, guard) { Location = root.Location, Next = next });
    }

    private void Scan(ScanRoot root, Expr extent, ElementEmitter emitter)
    {
        Var running = Mutable(emitter, "running", new Literal(Identity(root.Kind, root.Target.Storage.Type)), false);
        if (root.Kind == ReduceKind.Sum && running.Type is DType.I32 or DType.U32)
        {
            // Integers may be summed in any order; floats are summed in theirs, one by one.
            Vectors(emitter, extent, 1, (column, count) =>
            {
                Expr value = Vector(emitter, emitter.Emit(root.Operand, column));
                if (count is not null)
                    value = Masked(emitter, value, count, Identity(root.Kind, running.Type));
                var sums = new Apply(OpCode.Add, running.Type, true, new Expr[] { new PrefixLanes(value), new Broadcast(running) });
                emitter.Innermost.Add(new StoreLocal(root.Target.Storage, column.Cell.Scalar(), sums) { Location = root.Location });
                emitter.Innermost.Add(new Assign(running, new Apply(OpCode.Add, running.Type, false, new Expr[] { running, new ReduceLanes(ReduceKind.Sum, value) })));
            });
            return;
        }

        InLoop(emitter, Zero, extent, 1, "j", index =>
        {
            Cell value = emitter.Emit(root.Operand, new AxisIndex(new Cell(index), emitter.Depth));
            emitter.Innermost.Add(new Assign(running, new Apply(Combine(root.Kind), running.Type, false, new[] { running, value.Scalar() })));
            emitter.Innermost.Add(new StoreLocal(root.Target.Storage, index, running) { Location = root.Location });
        });
    }

    // ---- pieces

    private Dictionary<Root, Var> Accumulators(IEnumerable<Root> roots, ElementEmitter emitter) => roots.ToDictionary(r => r, r =>
    {
        (ReduceKind kind, Value operand) = r switch
        {
            ReduceRoot reduce => (reduce.Kind, reduce.Operand),
            AxisReduceRoot axis => (axis.Kind, axis.Operand),
            _ => (((ArgReduceRoot)r).Kind, ((ArgReduceRoot)r).Operand),
        };
        Number start = r is ArgReduceRoot ? BeforeFirst(kind, operand.Type.DType) : Identity(kind, operand.Type.DType);
        return Mutable(emitter, kind == ReduceKind.Sum ? "sum" : kind == ReduceKind.Max ? "max" : "min", new Broadcast(new Literal(start)));
    });

    private static void Finish(Dictionary<Root, Var> accumulators, ElementEmitter emitter)
    {
        foreach (KeyValuePair<Root, Var> pair in accumulators)
        {
            var root = (ReduceRoot)pair.Key;
            emitter.Innermost.Add(new Let(root.Result, new ReduceLanes(root.Kind, pair.Value)) { Location = root.Location });
        }
    }

    private void Fill(TileBuffer target, Expr extent, Number value, ElementEmitter emitter) =>
        InLoop(emitter, Zero, extent, Lanes.Count, "j", true, index =>
            emitter.Innermost.Add(new StoreLocal(target.Storage, index, new Broadcast(new Literal(value)))));

    private static void StoreTile(TileBuffer target, AxisIndex[] at, Cell value, ElementEmitter emitter)
    {
        Expr vector = Vector(emitter, value);
        if (vector.Type == DType.Bool)
            vector = new Apply(OpCode.Select, DType.I32, true, new[] { vector, new Broadcast(Int(1)), new Broadcast(Zero) });
        Cell index = target.Index(at, e => emitter.Bind(e, null, emitter.Depth));
        emitter.Innermost.Add(new StoreLocal(target.Storage, index.Scalar(), vector));
    }

    private static Expr Vector(ElementEmitter emitter, Cell cell) => emitter.Bind(cell.Vector(), null, emitter.Depth);

    private static Expr Masked(ElementEmitter emitter, Expr value, Expr count, Number identity)
    {
        Expr lanes = new Apply(OpCode.Lt, DType.Bool, true, new Expr[] { new LaneIndex(Zero), new Broadcast(count) });
        Expr inside = emitter.Bind(lanes, "inside", emitter.Depth);
        return emitter.Bind(new Apply(OpCode.Select, value.Type, true, new[] { inside, value, new Broadcast(new Literal(identity)) }), null, emitter.Depth);
    }

    // Keeps the accumulator when the value is NaN: a comparison with NaN is false.
    private static Apply Combined(ReduceKind kind, Expr accumulator, Expr value) => kind == ReduceKind.Sum
        ? new Apply(OpCode.Add, accumulator.Type, true, new[] { accumulator, value })
        : new Apply(OpCode.Select, accumulator.Type, true, new[]
        {
            new Apply(kind == ReduceKind.Max ? OpCode.Gt : OpCode.Lt, DType.Bool, true, new[] { value, accumulator }), value, accumulator,
        });

    private Var Mutable(ElementEmitter emitter, string name, Expr initial, bool vector = true)
    {
        Var variable = state.NewVar(name, initial.Type, vector);
        emitter.Innermost.Add(new Let(variable, initial, true));
        return variable;
    }

    private static Expr Bind(ElementEmitter emitter, Expr expression, string? name = null) => emitter.Bind(expression, name, emitter.Depth);

    // Enough vectors a step that the block arithmetic of quantized reads becomes constant: the block size, where an index is divided by one.
    private static int Unroll(Nest nest) => nest.Roots.Max(r => r switch
    {
        MaterializeRoot { FromDefinition: true } m => m.Value.Definition!.Operands.Max(o => Period(o, 0)),
        StoreRoot s => s.Op.Operands.Max(o => Period(o, 0)),
        ReduceRoot reduce => Period(reduce.Operand, 0),
        AxisReduceRoot axis => Period(axis.Operand, 0),
        _ => 1,
    });

    private static int Unroll(params Value[] values) => values.Max(v => Period(v, 0));

    private static int Period(Value value, int depth)
    {
        if (value.Type.IsScalar || depth > 24 || value.Definition is not { } op || op.Info.Class is OpClass.Across or OpClass.Control)
            return 1;
        int period = op.Operands.Length == 0 ? 1 : op.Operands.Max(o => Period(o, depth + 1));
        if (op.Code == OpCode.Rem && op.Operands[1].Definition is { Code: OpCode.Const } c && c.Attr<Number>().I32 is var d && d % Lanes.Count == 0 && d <= 64)
            period = Math.Max(period, d / Lanes.Count);
        return period;
    }
}
