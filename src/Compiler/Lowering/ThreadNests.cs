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

    public bool SharesRows => false;

    public bool MultipliesMatrices => false;

    public bool PacksStores => false;

    private int Group => state.Kernel.WorkGroup;

    // As code has it, where a device may have fewer.
    private Expr Items => features.ChoosesGroup ? new GroupSize() : Int(Group);

    public void Uniform(Stmt statement, List<Stmt> into) => Append(into, statement);

    public void Boundary(List<Stmt> into)
    {
        if (!_open.IsEmpty)
            Barrier(into);
    }

    // Drivers that run work-items as loops are known to lose what stands between an inner loop with barriers and the next barrier (PoCL 3.1), unless one comes first.
    public void AfterInnerLoop(List<Stmt> into)
    {
        if (!HasWarps && CodeWalk.All([into[into.Count - 1]]).Any(statement => statement is Barrier))
            Barrier(into);
    }

    public void Emit(Nest nest, List<Stmt> into)
    {
        Learn(nest);
        if (InRegisters is { } plan && plan.Covers(nest.Shape))
        {
            Fragments(nest, into);
            return;
        }

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

    private void ElementLoop(Root[] roots, Expr[] extents, List<Stmt> into)
    {
        if (roots.FirstOrDefault(root => root is MaterializeRoot { FromDefinition: true } tile && PackedFor(tile.Value) is not null) is MaterializeRoot packed)
        {
            int at = Array.IndexOf(roots, packed);
            if (at > 0)
                ElementLoop([.. roots.Take(at)], extents, into);
            PackedRoot(packed, extents, into);
            if (at < roots.Length - 1)
                ElementLoop([.. roots.Skip(at + 1)], extents, into);
            return;
        }

        ElementsOf(roots, extents, into);
    }

    private void ElementsOf(Root[] roots, Expr[] extents, List<Stmt> into)
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
        value = Stored(value);
        Expr index = target.Index(at, e => emitter.Bind(e, null, emitter.Depth)).Scalar();
        emitter.Innermost.Add(new StoreLocal(target.Storage, index, value));
    }

    // Storage has integers for truth values.
    private static Expr Stored(Expr value) => value.Type == DType.Bool ? new Apply(OpCode.Select, DType.I32, false, new[] { value, Int(1), Zero }) : value;

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
