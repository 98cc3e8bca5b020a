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
    private Turns? _turns;

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
            if (_nests.PacksStores && PackedStore.IsAll(result, _dependence))
                return;
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
}
