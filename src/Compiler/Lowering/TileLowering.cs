using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// From tile form to code form. Tile operations stay unevaluated until a root needs them (a store, a reduction, a contraction, a tile that
/// must be kept); roots over one iteration space become one loop nest. Which tiles are kept is decided here, how a nest runs by the
/// <see cref="INestEmitter"/>.
/// </summary>
internal sealed partial class TileLowering
{
    // Recomputing a tile costs this many simple instructions before storing it pays: used twice; used in a loop below its definition; used as a
    // column, and computed a row at a time otherwise; read once for every row (A) or every few rows (B) of a contraction.
    private const int KeepIfUsedTwice = 6;
    private const int KeepInRegistersIfUsedTwice = 1;
    private const int KeepIfUsedDeeper = 2;
    private const int KeepIfColumn = 2;
    private const int KeepAsContractionA = 4;
    private const int KeepAsContractionB = 24;

    // From so many rows on, transposing the other operand costs less than combining partial sums.
    private const int RowsToTranspose = 16;

    private readonly TileState _state;
    private readonly Dependence _dependence;
    private readonly Matrices _matrices;
    private readonly INestEmitter _nests;
    private readonly Dictionary<Value, TileBuffer> _inPlace = [];
    private readonly HashSet<Value> _pending = [];
    private readonly List<Value> _virtualLoads = [];
    private readonly Expr[] _grid = [Int(1), Int(1), Int(1)];
    private List<Stmt> _out = [];
    private Nest? _open;
    private int _loops;

    private TileLowering(Kernel kernel, Func<TileState, INestEmitter> nests)
    {
        _state = new TileState(kernel);
        _dependence = new Dependence(kernel.Body);
        _nests = nests(_state);
        _matrices = new Matrices(_state);
    }

    /// <summary>The verified code of a kernel in the form the nests are written in.</summary>
    public static Program Lower(Kernel kernel, CodeForm form, Func<TileState, INestEmitter> nests)
    {
        var pass = new TileLowering(kernel, nests);
        pass.Run(kernel.Body);
        pass.Flush();
        IReadOnlyList<Stmt> body = form == CodeForm.Vector ? HeldRows.In(pass._out, pass._state) : pass._out;
        HashSet<string> used = Traffic.Buffers(body);
        bool IsUsed(LocalBuffer buffer) => form == CodeForm.Vector || used.Contains(buffer.Name);
        var program = new Program(kernel, [.. pass._state.Storage.Where(IsUsed).OrderBy(pass.IsTuned)], body, pass._grid);
        CodeVerifier.Verify(program, form);
        return program;
    }

    // The places of constant buffers stay constant if those of tuned sizes follow them.
    private bool IsTuned(LocalBuffer buffer) => CodeWalk.All(buffer.Size).OfType<Argument>().Any(argument => _state.Kernel.Find(argument.Name).IsTunable);

    private void Run(Block block)
    {
        foreach (Op op in block.Ops)
        {
            _state.Location = op.Location;
            switch (op.Info.Class)
            {
                case OpClass.Control:
                    Control(op);
                    break;
                case OpClass.Memory when op.Code == OpCode.Store:
                    Store(op);
                    break;
                case OpClass.Across when op.Code != OpCode.Gather:
                    Across(op);
                    break;
                case OpClass.Functor:
                    throw new IrException("functors must be bound before lowering", op.Location);
                default:
                    if (op.Result.Type.IsScalar)
                        Scalar(op);
                    else
                        Tile(op);
                    break;
            }
        }
    }

    // ---- scalars

    private void Scalar(Op op)
    {
        if (op.Operands.Any(_pending.Contains) || (op.Info.Class == OpClass.Memory && _open is not null) || op.Code == OpCode.Gather)
            Flush();
        _state.Scalars[op.Result] = op.Code switch
        {
            OpCode.Const => new Literal(op.Attr<Number>()),
            OpCode.Param => new Argument(op.Attr<string>(), op.Result.Type.DType),
            OpCode.ViewExtent => new ExtentOf(op.Attr<MemoryAccess>().View, op.Attr<MemoryAccess>().Axis),
            OpCode.ProgramId => Program(op),
            _ => Compute(op),
        };
    }

    private ProgramIndex Program(Op op)
    {
        int axis = op.Attr<int>();
        _grid[axis] = LaunchExpressions.Exact(op.Operands[0])
            ?? throw new IrException("the number of programs must follow from parameters, view extents and constants", op.Location);
        return new ProgramIndex(axis);
    }

    private Expr Compute(Op op)
    {
        var statements = new List<Stmt>();
        var emitter = new ElementEmitter(_state, statements);
        Cell cell = op.Info.IsElementwise
            ? emitter.Elementwise(op, op.Operands.Select(_state.ScalarCell).ToArray(), 0)
            : emitter.EmitScalar(op);
        foreach (Stmt statement in statements)
            _nests.Uniform(statement, _out);
        Expr value = cell.Scalar();
        if (value is Var known)
            _state.Divides(known, cell.ScalarDivisor);
        if (value is Literal or Var or Argument)
            return value;
        Var variable = _state.NewVar(op.Result.Name, value.Type, false, cell.ScalarDivisor);
        _nests.Uniform(new Let(variable, value) { Location = op.Location }, _out);
        return variable;
    }

    // ---- tiles

    private void Tile(Op op)
    {
        Value tile = op.Result;
        if (op.Code == OpCode.Gather && !_state.Buffers.ContainsKey(op.Operands[0]))
            Keep(op.Operands[0]);
        if (_inPlace.TryGetValue(tile, out TileBuffer? carried))
        {
            if (_open is not null && _open.Roots.Any(r => ReadsElsewhere(r, carried)))
                Flush();
            Materialize(tile, carried, true);
        }
        else if (MustKeep(op))
            Keep(tile);
        else if (op.Info.Class == OpClass.Memory)
            _virtualLoads.Add(tile);
    }

    private bool MustKeep(Op op)
    {
        Value tile = op.Result;
        IReadOnlyList<Op> users = _dependence.Users(tile);
        if (_dependence.IsYielded(tile))
            return true;
        if (op.Code is OpCode.Range or OpCode.Splat or OpCode.Expand or OpCode.Transpose || IsIndex(tile))
            return false;
        bool storedLater = op.Info.Class == OpClass.Memory && _dependence.IsStored(op.Attr<MemoryAccess>().View);
        bool deeper = _dependence.IsUsedDeeper(tile);
        int cost = Cost(tile);
        return (deeper && (storedLater || cost >= KeepIfUsedDeeper))
            || (users.Count > 1 && cost >= (_nests.IsInRegisters(tile) ? KeepInRegistersIfUsedTwice : KeepIfUsedTwice) && _dependence.MeetsSeveral(tile))
            || (cost >= KeepIfColumn && _nests.SharesRows && users.Any(u => u.Code == OpCode.Expand && u.Attr<int>() == 1))
            || (cost >= KeepAsContractionA && users.Any(u => IsContractionOperand(u, 0, tile)))
            || (cost >= KeepAsContractionB && users.Any(u => IsContractionOperand(u, 1, tile)));
    }

    // A few integer steps from a range. Where it is used its form is known (Cell.Index), and with it that a read is contiguous; from storage
    // every read would gather.
    private bool IsIndex(Value value)
    {
        if (value.Type.IsScalar)
            return true;
        if (value.Type.DType != DType.I32 || _state.Buffers.ContainsKey(value) || value.Definition is not { } op)
            return false;
        return op.Code switch
        {
            OpCode.Range => true,
            OpCode.Expand or OpCode.Splat or OpCode.Add or OpCode.Sub or OpCode.Mul => op.Operands.All(IsIndex),
            OpCode.Div or OpCode.Rem => IsIndex(op.Operands[0]) && op.Operands[1].Definition is { Code: OpCode.Const } divisor
                && divisor.Attr<Number>().I32 is var d && d > 0 && (d & (d - 1)) == 0,
            _ => false,
        };
    }

    // Through a transpose too: storing the tile under it serves it as well.
    private bool IsContractionOperand(Op user, int position, Value tile) =>
        (user.Code == OpCode.Dot && PlanOf(user) is null && user.Operands[position].Type.Rank == 2 && ReferenceEquals(user.Operands[position], tile) && user.Operands[1].Type.Rank == 2)
        || (user.Code == OpCode.Transpose && _dependence.Users(user.Result).Any(u => IsContractionOperand(u, position, user.Result)));

    private int Cost(Value value)
    {
        if (value.Type.IsScalar || _state.Buffers.ContainsKey(value) || value.Definition is not { } op)
            return 0;
        int cost = op.Info.Cost;
        foreach (Value operand in op.Operands)
            cost = Math.Min(1000, cost + Cost(operand));
        return cost;
    }

    private void Keep(Value tile)
    {
        if (!_state.Buffers.ContainsKey(tile))
            Materialize(tile, NewTile(tile), true);
    }

    private TileBuffer NewTile(Value tile)
    {
        Expr[] bounds = tile.Type.Shape.Select(e => _state.Bound(e)).ToArray();
        Expr row = _state.RoundUp(bounds[bounds.Length - 1], _nests.RowPadding);
        Expr size = bounds.Length == 1 ? row : Mul(bounds[0], row);
        return new TileBuffer(_state.NewBuffer(tile.Name, tile.Type.DType, size), tile.Type.Rank, row, _nests.RegistersFor(tile));
    }

    private void Materialize(Value tile, TileBuffer target, bool fromDefinition)
    {
        var root = new MaterializeRoot(tile, target, fromDefinition, _state.Location);
        IEnumerable<Value> reads = fromDefinition && tile.Definition is { } op && !_state.Buffers.ContainsKey(tile) ? op.Operands : [tile];
        Join(root, tile.Type.Shape, reads);
        if (fromDefinition)
        {
            _state.Buffers[tile] = target;
            _pending.Add(tile);
        }
    }

    // ---- roots

    private void Store(Op op)
    {
        string view = op.Attr<MemoryAccess>().View;
        int here = _dependence.Order(op);
        Value[] kept = _virtualLoads.Where(v => v.Definition!.Attr<MemoryAccess>().View == view && _dependence.LastUse(v) > here).ToArray();

        // What the open nest computes from the loads, it computes before they are kept: in one nest it would read what is kept last.
        if (kept.Length > 0 && _open is not null && _open.Roots.Any(r => ReadsView(r, view)))
            Flush();
        foreach (Value load in kept)
            Keep(load);
        Extent[] shape = TypeRules.Broadcast(op.Operands.Select(o => o.Type), op.Location);
        if (shape.Length == 0)
        {
            Flush();
            _nests.Emit(new Nest([], []) { Roots = { new StoreRoot(op, op.Location) } }, _out);
            return;
        }

        if (_open is not null && _open.Roots.Any(r => ReadsView(r, view)))
            Flush();
        Join(new StoreRoot(op, op.Location), shape, op.Operands);
    }

    private void Across(Op op)
    {
        Value result = op.Result, operand = op.Operands[0];
        if (op.Code == OpCode.Dot)
        {
            Contract(op);
            return;
        }

        if (op.Code == OpCode.FakeQuantize)
        {
            if (!_dependence.Users(result).All(u => PlanOf(u) is not null))
                FakeQuantize(op);
            return;
        }

        ReduceKind kind = op.Attr<Reduction>().Kind;
        if (op.Code == OpCode.Scan)
        {
            Flush();
            TileBuffer target = NewTile(result);
            Join(new ScanRoot(target, kind, operand, op.Location), operand.Type.Shape, op.Operands);
            _state.Buffers[result] = target;
            Flush();
            return;
        }

        if (result.Type.IsScalar)
        {
            Var variable = _state.NewVar(result.Name, result.Type.DType);
            Root root = op.Code == OpCode.ArgReduce
                ? new ArgReduceRoot(variable, kind, operand, op.Location)
                : new ReduceRoot(variable, kind, operand, op.Location);
            Join(root, operand.Type.Shape, op.Operands);
            _state.Scalars[result] = variable;
        }
        else
        {
            TileBuffer target = _inPlace.TryGetValue(result, out TileBuffer? carried) ? carried : NewTile(result);
            Join(new AxisReduceRoot(target, kind, op.Attr<Reduction>().Axis, operand, op.Location), operand.Type.Shape, op.Operands);
            _state.Buffers[result] = target;
        }

        _pending.Add(result);
    }

    // Joins the open nest when the iteration spaces match and nothing the root reads is only complete after that nest.
    private void Join(Root root, Extent[] shape, IEnumerable<Value> reads)
    {
        if (_open is not null && (!_open.Shape.SequenceEqual(shape) || reads.Any(r => Conflicts(r, shape))))
            Flush();
        _open ??= new Nest(shape, shape.Select(ExtentExpr).ToArray());
        _open.Roots.Add(root);
    }

    private bool Conflicts(Value value, Extent[] shape, bool identity = true)
    {
        if (_pending.Contains(value))
            return !(identity && _open!.Roots.Any(r => r is MaterializeRoot m && ReferenceEquals(m.Value, value)) && value.Type.Shape.SequenceEqual(shape));
        if (value.Type.IsScalar || _state.Buffers.ContainsKey(value) || value.Definition is not { } op)
            return false;
        if (op.Info.Class == OpClass.Memory && _open!.Roots.OfType<StoreRoot>().Any(s => s.Op.Attr<MemoryAccess>().View == op.Attr<MemoryAccess>().View))
            return true;
        bool elementwise = op.Info.Class is OpClass.Elementwise or OpClass.Memory;
        return op.Operands.Any(o => Conflicts(o, shape, identity && elementwise));
    }

    private bool ReadsView(Root root, string view)
    {
        return Operands(root).Any(o => Reads(o)) || (root is MaterializeRoot { FromDefinition: true } m && Reads(m.Value, true));

        bool Reads(Value value, bool definition = false) =>
            !value.Type.IsScalar && (definition || !_state.Buffers.ContainsKey(value)) && value.Definition is { } op
            && ((op.Info.Class == OpClass.Memory && op.Attr<MemoryAccess>().View == view) || op.Operands.Any(o => Reads(o)));
    }

    // Whether a root reads carried storage at another element than the one it is at.
    private bool ReadsElsewhere(Root root, TileBuffer carried)
    {
        Value[] held = _state.Buffers.Where(pair => pair.Value == carried).Select(pair => pair.Key).ToArray();
        return Operands(root).Any(o => held.Any(h => _dependence.Reads(o, h, h, out bool sameElement) && !(sameElement && o.Type.Shape.SequenceEqual(_open!.Shape))));
    }

    private static Value[] Operands(Root root) => root switch
    {
        MaterializeRoot { FromDefinition: true } m => m.Value.Definition?.Operands ?? [],
        MaterializeRoot m => [m.Value],
        StoreRoot s => s.Op.Operands,
        ReduceRoot r => [r.Operand],
        AxisReduceRoot r => [r.Operand],
        ArgReduceRoot r => [r.Operand],
        _ => [],
    };

    private Expr ExtentExpr(Extent extent) => extent.Dynamic is { } value ? _state.Scalars[value] : Int(extent.Constant);

    private void Flush()
    {
        if (_open is null)
            return;
        Nest nest = _open;
        _open = null;
        _nests.Emit(nest, _out);
        _pending.Clear();
    }

    // ---- control flow

    private void Control(Op op)
    {
        switch (op.Code)
        {
            case OpCode.For:
                Loop(op, op.Operands.Skip(3).ToArray());
                break;
            case OpCode.While:
                Loop(op, op.Operands);
                break;
            case OpCode.If:
                Branch(op);
                break;
        }
    }

    private void Loop(Op op, Value[] initial)
    {
        bool counted = op.Code == OpCode.For;
        Block body = op.Regions[op.Regions.Length - 1];
        Value[] arguments = body.Arguments.Skip(counted ? 1 : 0).ToArray();
        Value[] yielded = body.Terminator.Operands;
        var carried = new object[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            carried[i] = Carry(arguments[i], initial[i]);
            if (carried[i] is TileBuffer buffer && CanUpdateInPlace(arguments[i], yielded[i], body, yielded))
                _inPlace[yielded[i]] = buffer;
        }

        Flush();
        _nests.Boundary(_out);
        _loops++;
        for (int region = 0; region < op.Regions.Length; region++)
        {
            Value[] inner = op.Regions[region].Arguments.Skip(counted ? 1 : 0).ToArray();
            for (int i = 0; i < inner.Length; i++)
                Map(inner[i], carried[i]);
        }

        if (counted)
        {
            Cell from = _state.ScalarCell(op.Operands[0]), step = _state.ScalarCell(op.Operands[2]);
            int divisor = Divisor(from) is var f && Divisor(step) is var s ? CommonDivisor(f, s) : 1;
            Var index = _state.NewVar(body.Arguments[0].Name ?? "i", DType.I32, false, divisor);
            _state.Scalars[body.Arguments[0]] = index;
            List<Stmt> statements = InBody(() => { Run(body); EndBody(arguments, yielded, carried); });
            _out.Add(new For(index, from.Scalar(), _state.Scalars[op.Operands[1]], step.Scalar(), statements) { Location = op.Location });
        }
        else
        {
            Block head = op.Regions[0];
            List<Stmt> before = InBody(() => Run(head));
            Expr condition = _state.Scalars[head.Terminator.Operands[0]];
            List<Stmt> statements = InBody(() => { Run(body); EndBody(arguments, yielded, carried); });
            _out.Add(new While(before, condition, statements) { Location = op.Location });
        }

        if (--_loops > 0)
            _nests.AfterInnerLoop(_out);
        for (int i = 0; i < op.Results.Length; i++)
            Map(op.Results[i], carried[i]);
    }

    private static int Divisor(Cell cell) => cell.Constant is { } c ? (c.Value.I32 == 0 ? 1 << 24 : Math.Abs(c.Value.I32)) : cell.Offset == 0 ? cell.Divisor : 1;

    private List<Stmt> InBody(Action fill)
    {
        List<Stmt> outer = _out;
        int known = _virtualLoads.Count;
        _out = [];
        fill();
        Flush();
        _nests.Boundary(_out);
        List<Stmt> body = _out;
        _out = outer;
        _virtualLoads.RemoveRange(known, _virtualLoads.Count - known);
        return body;
    }

    // Scalars are carried in a variable, tiles in a buffer.
    private object Carry(Value argument, Value initial)
    {
        if (argument.Type.IsScalar)
        {
            Var variable = _state.NewVar(argument.Name, argument.Type.DType);
            if (_pending.Contains(initial))
                Flush();
            _nests.Uniform(new Let(variable, _state.Scalars[initial], true) { Location = _state.Location }, _out);
            return variable;
        }

        TileBuffer buffer = NewTile(argument);
        Materialize(initial, buffer, false);
        return buffer;
    }

    private void Map(Value value, object carrier)
    {
        if (carrier is Var variable)
            _state.Scalars[value] = variable;
        else
            _state.Buffers[value] = (TileBuffer)carrier;
    }

    // A carried tile may be overwritten where its next value is computed if nothing reads the old one from then on, and that computation reads
    // it only at the element it writes.
    private bool CanUpdateInPlace(Value argument, Value next, Block body, Value[] yielded)
    {
        if (next.Definition is not { } op || _dependence.BlockOf(op) != body || yielded.Count(y => ReferenceEquals(y, next)) > 1)
            return false;
        bool contraction = op.Code == OpCode.Dot;
        if (!contraction && op.Info.Class is not (OpClass.Elementwise or OpClass.Memory))
            return false;
        if (contraction && op.Operands.Take(2).Any(o => _dependence.Reads(o, argument, next, out _)))
            return false;
        Value[] elementwise = contraction ? op.Operands.Skip(2).ToArray() : op.Operands;
        foreach (Value operand in elementwise)
        {
            if (_dependence.Reads(operand, argument, next, out bool sameElement) && !(sameElement && operand.Type.Shape.SequenceEqual(next.Type.Shape)))
                return false;
        }

        return !ReadLater(body, _dependence.Order(op), argument, next);
    }

    // Whether anything after the given position could still recompute from the carried tile.
    private bool ReadLater(Block body, int here, Value argument, Value next) =>
        body.Ops.Where(o => _dependence.Order(o) > here)
            .Any(o => o.Operands.Any(v => _dependence.Reads(v, argument, next, out _)) || o.Regions.Any(r => ReadLater(r, -1, argument, next)));

    private void EndBody(Value[] arguments, Value[] yielded, object[] carried)
    {
        var next = new (Var Target, Expr Value)?[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (ReferenceEquals(arguments[i], yielded[i]) || _inPlace.ContainsKey(yielded[i]))
                continue;
            if (carried[i] is Var variable)
            {
                if (_pending.Contains(yielded[i]))
                    Flush();
                next[i] = (variable, _state.Scalars[yielded[i]]);
                continue;
            }

            // A tile that is another carried tile must be copied before that one changes.
            if (yielded[i].Definition is null || arguments.Contains(yielded[i]))
            {
                TileBuffer copy = NewTile(yielded[i]);
                Materialize(yielded[i], copy, false);
                Flush();
                _state.Buffers[yielded[i]] = copy;
            }
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            if (carried[i] is TileBuffer buffer && !ReferenceEquals(arguments[i], yielded[i]) && !_inPlace.ContainsKey(yielded[i]))
                Materialize(yielded[i], buffer, false);
        }

        Flush();
        Assign(next.Where(n => n is not null).Select(n => n!.Value).ToArray());
    }

    // All at once: a value that reads a variable assigned here is saved first.
    private void Assign((Var Target, Expr Value)[] pairs)
    {
        var targets = new HashSet<string>(pairs.Select(p => p.Target.Name));
        for (int i = 0; i < pairs.Length; i++)
        {
            if (pairs.Length == 1 || pairs[i].Value is not Var source || !targets.Contains(source.Name))
                continue;
            Var saved = _state.NewVar(source.Name, source.Type);
            _nests.Uniform(new Let(saved, source), _out);
            pairs[i].Value = saved;
        }

        foreach ((Var target, Expr value) in pairs)
            _nests.Uniform(new Assign(target, value), _out);
    }

    private void Branch(Op op)
    {
        Flush();
        _nests.Boundary(_out);
        var carriers = new object[op.Results.Length];
        for (int i = 0; i < carriers.Length; i++)
        {
            Value result = op.Results[i];
            if (!result.Type.IsScalar)
            {
                carriers[i] = NewTile(result);
                continue;
            }

            Var variable = _state.NewVar(result.Name, result.Type.DType);
            _out.Add(new Let(variable, new Literal(Number.OfBits(variable.Type, 0)), true) { Location = op.Location });
            carriers[i] = variable;
        }

        List<Stmt>[] branches = op.Regions.Select(region => InBody(() =>
        {
            Run(region);
            for (int i = 0; i < carriers.Length; i++)
            {
                Value value = region.Terminator.Operands[i];
                if (_pending.Contains(value))
                    Flush();
                if (carriers[i] is Var variable)
                    _nests.Uniform(new Assign(variable, _state.Scalars[value]), _out);
                else
                    Materialize(value, (TileBuffer)carriers[i], false);
            }
        })).ToArray();
        _out.Add(new If(_state.Scalars[op.Operands[0]], branches[0], branches.Length > 1 ? branches[1] : []) { Location = op.Location });
        for (int i = 0; i < carriers.Length; i++)
            Map(op.Results[i], carriers[i]);
    }
}
