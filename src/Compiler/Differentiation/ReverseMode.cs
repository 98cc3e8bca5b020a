using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Passes;
using ValueType = KernelFoundry.Compiler.Ir.ValueType;

namespace KernelFoundry.Compiler.Differentiation;

/// <summary>
/// Derives the kernel of a kernel's gradient, tile IR to tile IR, in reverse mode: the forward ops once more, then for each op, from the
/// last to the first, what its operands' adjoints gain by <see cref="AdjointRules"/>. Straight-line kernels only; docs/gradients.md says
/// what that leaves out. Gradients are added to what is there, except those of inputs that every program along the one grid axis reads:
/// then a program takes a share of that axis in a loop, and writes the part of the sum that is its own.
/// </summary>
public sealed class ReverseMode
{
    private readonly Kernel _kernel;
    private readonly string[] _inputs;
    private readonly HashSet<string> _outputs;
    private readonly HashSet<string> _dropped;
    private readonly Block _body = new();
    private readonly Builder _builder;
    private readonly AdjointBuilder _rules;
    private readonly Dictionary<Value, Value> _values = [];
    private readonly Dictionary<Value, Value> _adjoints = [];
    private readonly Op? _shared;
    private readonly HashSet<string> _partialViews;
    private readonly HashSet<Value> _active = [];

    private ReverseMode(Kernel kernel, string[] inputs, HashSet<string> dropped)
    {
        _kernel = kernel;
        _inputs = inputs;
        _dropped = dropped;
        _builder = new Builder(_body);
        _rules = new AdjointBuilder(_builder);
        _outputs = [.. kernel.Body.Ops.Where(o => o.Code == OpCode.Store).Select(o => o.Attr<MemoryAccess>().View)];
        Check();
        (_shared, _partialViews) = Shared();
        foreach (Op op in kernel.Body.Ops)
        {
            if (IsDifferentiated(op) || op.Operands.Any(_active.Contains))
                _active.UnionWith(op.Results.Where(r => r.Type.DType == DType.F32));
        }
    }

    /// <summary>Derives a gradient.</summary>
    /// <param name="kernel">The forward kernel, not yet specialised.</param>
    /// <param name="inputs">The views to differentiate by.</param>
    /// <param name="name">The name of the derived kernel.</param>
    /// <returns>The gradient.</returns>
    /// <exception cref="IrException">It cannot be derived; the location is the op's that is in the way.</exception>
    public static Gradient Derive(Kernel kernel, string[] inputs, string name)
    {
        // What the gradient does not read is no parameter of it; its extents are those of its gradient. That is known when it is derived.
        var first = new ReverseMode(kernel, inputs, []);
        first.Run();
        var read = new HashSet<string>(Accesses(first._body), StringComparer.Ordinal);
        var second = new ReverseMode(kernel, inputs, [.. inputs.Where(i => !read.Contains(i) && !first._partialViews.Contains(i))]);
        second.Run();
        return second.Result(name);
    }

    private void Check()
    {
        foreach (Op op in _kernel.Body.Ops)
        {
            if (op.Info.Class == OpClass.Control && op.Code != OpCode.Return)
                throw new IrException($"it has a {(op.Code == OpCode.If ? "branch" : "loop")}; take whole rows, and choose with Where", op.Location);
            if (op.Code == OpCode.Load && _outputs.Contains(op.Attr<MemoryAccess>().View))
                throw new IrException($"it reads its output '{op.Attr<MemoryAccess>().View}'", op.Location);
        }
    }

    // The op that numbers the programs which share inputs, and those inputs.
    private (Op? ProgramId, HashSet<string> Views) Shared()
    {
        Op[] ids = [.. _kernel.Body.Ops.Where(o => o.Code == OpCode.ProgramId)];
        var views = new HashSet<string>(StringComparer.Ordinal);
        foreach (Op load in _kernel.Body.Ops.Where(IsDifferentiated))
        {
            HashSet<int> owned = Ownership.AxesOf(load);
            if (ids.All(id => owned.Contains(id.Attr<int>())))
                continue;
            string view = load.Attr<MemoryAccess>().View;
            if (ids.Length > 1)
                throw new IrException($"'{view}' is read by several programs of a grid of more than one axis; number the rows along one axis, and take whole rows", load.Location);
            if (!views.Add(view))
                throw new IrException($"'{view}', which all programs read, is read in several places; read it once", load.Location);
            if (load.Attr<MemoryAccess>().Masked)
                throw new IrException($"'{view}', which all programs read, is read under a mask; end its range instead", load.Location);
        }

        return (views.Count > 0 ? ids[0] : null, views);
    }

    private bool IsDifferentiated(Op op) => op.Code == OpCode.Load && op.Result.Type.DType == DType.F32 && _inputs.Contains(op.Attr<MemoryAccess>().View);

    private void Run()
    {
        if (_shared is null)
        {
            Program();
            return;
        }

        // Program p takes the p-th share of the rows; how many programs there are is how many parts the caller has room for.
        Value count = Uniform(_shared.Operands[0]);
        Op[] loads = [.. _kernel.Body.Ops.Where(o => IsDifferentiated(o) && _partialViews.Contains(o.Attr<MemoryAccess>().View))];
        Value parts = _builder.Emit(OpCode.ViewExtent, new MemoryAccess(PartialName(loads[0].Attr<MemoryAccess>().View), 0));
        Value part = _builder.Emit(OpCode.ProgramId, 0, parts);
        part.Name = "part";
        Value one = _builder.Constant(1);
        Value share = _builder.Emit(OpCode.Div, null, _builder.Emit(OpCode.Sub, null, _builder.Emit(OpCode.Add, null, count, parts), one), parts);
        share.Name = "share";
        Value start = _builder.Emit(OpCode.Mul, null, part, share);
        Value end = _builder.Emit(OpCode.Min, null, _builder.Emit(OpCode.Add, null, start, share), count);
        Value[][] indices = [.. loads.Select(l => l.Operands.Select(Uniform).ToArray())];
        Value[] zeros = [.. loads.Select((l, i) =>
        {
            Extent[] shape = TypeRules.Broadcast(indices[i].Select(v => v.Type), l.Location);
            return _rules.Widen(_builder.Constant(0f), new ValueType(DType.F32, shape));
        })];
        var row = new Value(ValueType.Scalar(DType.I32), _shared.Result.Name ?? "row");
        Value[] sums = [.. zeros.Select((z, i) => new Value(z.Type, Gradient.NameOf(loads[i].Attr<MemoryAccess>().View)))];
        Block body = _builder.Enter(true, [row, .. sums]);
        _values[_shared.Result] = row;
        Program();
        Value[] next = [.. loads.Select((l, i) => _adjoints.TryGetValue(l.Result, out Value? gained) ? _rules.Add(sums[i], gained) : sums[i])];
        _builder.Leave(OpCode.Yield, next);
        Value[] totals = _builder.Control(OpCode.For, [start, end, one, .. zeros], [body], [.. zeros.Select(z => z.Type)]);
        for (int i = 0; i < loads.Length; i++)
            _builder.Store(new MemoryAccess(PartialName(loads[i].Attr<MemoryAccess>().View)), [part, .. indices[i], totals[i]]);
    }

    private void Program()
    {
        foreach (Op op in _kernel.Body.Ops.Where(o => o.Code != OpCode.Return))
            Forward(op);
        foreach (Op op in _kernel.Body.Ops.AsEnumerable().Reverse().Where(o => o.Results.Length == 1))
            Backward(op);
    }

    private void Forward(Op op)
    {
        if (_values.ContainsKey(op.Results.FirstOrDefault() ?? new Value(ValueType.Scalar(DType.I32))))
            return;
        _builder.Location = op.Location;
        Value[] operands = [.. op.Operands.Select(o => _values[o])];
        if (op.Code == OpCode.Store)
        {
            Output(op.Attr<MemoryAccess>(), op, operands);
            return;
        }

        Value result = Copy(op, operands);
        result.Name ??= op.Result.Name;
        _values[op.Result] = result;
    }

    private Value Copy(Op op, Value[] operands) => op.Code switch
    {
        OpCode.Param => _builder.Param(op.Attr<string>(), op.Result.Type.DType),
        OpCode.ViewExtent => _builder.Emit(OpCode.ViewExtent, op.Attr<MemoryAccess>() with { View = ShapeOf(op.Attr<MemoryAccess>().View) }),
        OpCode.Load or OpCode.RawLoad => _builder.Load(op.Code, op.Attr<MemoryAccess>(), op.Result.Type.DType, operands),
        OpCode.Call => _builder.Call(op.Attr<FunctorCall>(), operands),
        _ => _builder.Emit(op.Code, op.Attribute, operands),
    };

    // The gradient of what is stored is the gradient of the output at its place.
    private void Output(MemoryAccess access, Op store, Value[] operands)
    {
        Value value = store.Operands[store.Operands.Length - (access.Masked ? 2 : 1)];
        if (value.Type.DType != DType.F32)
            throw new IrException($"its output '{access.View}' is not of floats", store.Location);
        int axes = operands.Length - (access.Masked ? 2 : 1);
        Value[] at = [.. operands.Take(axes)];
        if (access.Masked)
            at = [.. at, operands[axes + 1], _builder.Constant(0f)];
        Value gradient = _builder.Load(OpCode.Load, new MemoryAccess(Gradient.NameOf(access.View), Masked: access.Masked), DType.F32, at);
        gradient.Name ??= Gradient.NameOf(access.View);
        Value stored = operands[axes];
        Gain(value, _rules.Narrow(gradient, gradient.Type, stored.Type));
    }

    private void Backward(Op op)
    {
        if (!_adjoints.TryGetValue(op.Result, out Value? gradient))
            return;
        _builder.Location = op.Location;
        Value[] operands = [.. op.Operands.Select(o => _values[o])];
        if (op.Code == OpCode.Load)
        {
            if (IsDifferentiated(op) && !_partialViews.Contains(op.Attr<MemoryAccess>().View))
                Accumulate(op, operands, gradient);
            return;
        }

        if (op.Info.Class == OpClass.Leaf || !op.Operands.Any(_active.Contains))
            return;
        if (op.Code == OpCode.Call)
        {
            Call(op, operands, gradient);
            return;
        }

        Value?[] gained = AdjointRules.Of(op)(_rules, op, operands, _values[op.Result], gradient);
        for (int i = 0; i < gained.Length; i++)
        {
            if (gained[i] is { } adjoint && _active.Contains(op.Operands[i]))
                Gain(op.Operands[i], op.Info.IsElementwise ? _rules.Narrow(adjoint, _values[op.Result].Type, operands[i].Type) : adjoint);
        }
    }

    // What a functor's method does is not known yet, only what its adjoint will be called.
    private void Call(Op op, Value[] operands, Value gradient)
    {
        FunctorCall call = op.Attr<FunctorCall>();
        for (int i = 0; i < operands.Length; i++)
        {
            if (!_active.Contains(op.Operands[i]))
                continue;
            Value adjoint = _builder.Call(call with { Method = FunctorAdjoint.NameOf(call.Method, i) }, [.. operands, gradient]);
            Gain(op.Operands[i], _rules.Narrow(adjoint, adjoint.Type, operands[i].Type));
        }
    }

    private void Gain(Value value, Value adjoint) =>
        _adjoints[value] = _adjoints.TryGetValue(value, out Value? sum) ? _rules.Add(sum, adjoint) : adjoint;

    private void Accumulate(Op load, Value[] operands, Value gradient)
    {
        MemoryAccess access = load.Attr<MemoryAccess>();
        var target = new MemoryAccess(Gradient.NameOf(access.View), Masked: access.Masked);
        Value[] at = [.. operands.Take(operands.Length - (access.Masked ? 2 : 0))];
        Value before = _builder.Load(OpCode.Load, target, DType.F32, access.Masked ? [.. at, operands[operands.Length - 2], _builder.Constant(0f)] : at);
        Value after = _rules.Add(before, gradient);
        _builder.Store(target, access.Masked ? [.. at, after, operands[operands.Length - 2]] : [.. at, after]);
    }

    // A value that is the same for every program, made before its turn.
    private Value Uniform(Value value)
    {
        if (_values.TryGetValue(value, out Value? known))
            return known;
        Op op = value.Definition!;
        Value copy = Copy(op, [.. op.Operands.Select(Uniform)]);
        copy.Name ??= value.Name;
        return _values[value] = copy;
    }

    private string ShapeOf(string view) => _outputs.Contains(view) || _dropped.Contains(view) ? Gradient.NameOf(view) : view;

    private static string PartialName(string view) => Gradient.NameOf(view) + "Partials";

    private static IEnumerable<string> Accesses(Block body)
    {
        DeadCode.Remove(body);
        return All(body);

        static IEnumerable<string> All(Block block) => block.Ops.SelectMany(o => o.Regions.SelectMany(All)
            .Concat(o.Code is OpCode.Load or OpCode.RawLoad or OpCode.Store ? [o.Attr<MemoryAccess>().View] : []));
    }

    private Gradient Result(string name)
    {
        DeadCode.Remove(_body);
        _body.Ops.Add(new Op(OpCode.Return, []));
        GradientOutput[] outputs = [.. _kernel.Parameters.Where(p => _outputs.Contains(p.Name)).Select(p => new GradientOutput(p.Name, Gradient.NameOf(p.Name), ProgramAxis(p.Name)))];
        GradientInput[] inputs = [.. _inputs.Select(i => _partialViews.Contains(i) ? new GradientInput(i, PartialName(i), true) : new GradientInput(i, Gradient.NameOf(i), false))];
        return new Gradient(GradientParameters.Apply(_kernel, _body, name, outputs, inputs), outputs, inputs);
    }

    private int ProgramAxis(string output)
    {
        if (_shared is null)
            return -1;
        Op store = _kernel.Body.Ops.First(o => o.Code == OpCode.Store && o.Attr<MemoryAccess>().View == output);
        int axis = Array.IndexOf(store.Operands, _shared.Result);
        return axis >= 0 ? axis : throw new IrException($"programs share inputs, but '{output}' has no row a program", store.Location);
    }
}
