using KernelFoundry.Compiler.Differentiation;
using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Passes;

/// <summary>What one variant of a kernel is made for. A value that is null or absent stays a run-time argument (the generic version).</summary>
public sealed record Specialization(
    IReadOnlyDictionary<string, Element> Elements,
    IReadOnlyDictionary<string, Functor> Functors,
    IReadOnlyDictionary<string, int?> Values,
    IReadOnlyDictionary<string, QuantFormat> Formats)
{
    public static Specialization None { get; } = new(
        new Dictionary<string, Element>(), new Dictionary<string, Functor>(), new Dictionary<string, int?>(), new Dictionary<string, QuantFormat>());
}

/// <summary>
/// Binds a kernel's type parameters, compile-time values and schedule for one target (all of it but what a CPU may be tuned to): functor calls are inlined, reads of quantized elements
/// become the format's own byte reads and arithmetic, and, since everything is rebuilt through a <see cref="Builder"/>, constants fold.
/// </summary>
public sealed class Specializer
{
    private readonly Kernel _kernel;
    private readonly Specialization _spec;
    private readonly TargetKind _target;
    private readonly Dictionary<string, Parameter> _views = [];
    private readonly Block _body = new();
    private readonly Builder _builder;

    private Specializer(Kernel kernel, Specialization spec, TargetKind target)
    {
        _kernel = kernel;
        _spec = spec;
        _target = target;
        _builder = new Builder(_body);
    }

    public static Kernel Specialize(Kernel kernel, Specialization spec, TargetKind target)
    {
        var pass = new Specializer(kernel, spec, target);
        List<Parameter> parameters = kernel.Parameters.SelectMany(pass.Bind).ToList();
        foreach (Parameter view in parameters.Where(p => p.Kind == ParameterKind.View))
            pass._views[view.Name] = view;
        pass.Copy(kernel.Body, new Scope(null, null, []));
        DeadCode.Remove(pass._body);
        pass._body.Ops.Add(new Op(OpCode.Return, []));
        return new Kernel
        {
            Name = kernel.Name,
            Location = kernel.Location,
            Parameters = parameters,
            RoundedProducts = kernel.RoundedProducts,
            ApproximatesExp = kernel.ApproximatesExp,
            WorkGroup = target >= TargetKind.Cuda && kernel.CudaWorkGroup > 0 ? kernel.CudaWorkGroup : kernel.WorkGroup,
            Body = pass._body,
        };
    }

    /// <summary>The name a functor parameter's field has as a parameter of the specialised kernel.</summary>
    public static string FieldName(string parameter, string field) => $"{parameter}_{field}";

    private IEnumerable<Parameter> Bind(Parameter parameter)
    {
        switch (parameter.Kind)
        {
            case ParameterKind.View:
                Element element = Laid(parameter.Element.Kind == ElementKind.Parameter ? _spec.Elements[parameter.Element.Name] : parameter.Element);
                if (parameter.IsPanels && element.Kind != ElementKind.Quantized)
                    throw new IrException($"panels {parameter.Name} hold {element.Name}, which is no quantization format", _kernel.Location);
                return [parameter with { Element = element }];
            case ParameterKind.Functor:
                return _spec.Functors[parameter.TypeParameter].Fields.Select(f => f with { Name = FieldName(parameter.Name, f.Name) });
            case ParameterKind.Schedule when _target != TargetKind.Cpu:
                return [parameter with { Choices = [] }];
            default:
                return [parameter];
        }
    }

    private Element Laid(Element element) => element.Kind == ElementKind.Quantized && _spec.Formats[element.Name] is { } format
        ? element with { BlockSize = format.BlockSize, BlockBytes = format.BlockBytes }
        : element;

    private void Copy(Block source, Scope scope)
    {
        foreach (Op op in source.Ops)
        {
            if (op.Code is OpCode.Yield or OpCode.Condition or OpCode.Return)
                continue;
            _builder.Location = scope.Function is null ? op.Location : scope.Function.Value;
            Value[] results = Rebuild(op, scope);
            for (int i = 0; i < results.Length; i++)
            {
                results[i].Name ??= op.Results[i].Name;
                scope.Values[op.Results[i]] = results[i];
            }
        }
    }

    private Value[] Rebuild(Op op, Scope scope)
    {
        Value[] operands = op.Operands.Select(o => scope.Values[o]).ToArray();
        switch (op.Code)
        {
            case OpCode.Param:
                return [Parameter(op.Attr<string>(), op.Result.Type.DType)];
            case OpCode.Field:
                return [_builder.Param(FieldName(scope.Self!, op.Attr<string>()), op.Result.Type.DType)];
            case OpCode.Call:
                return [Inline(op.Attr<FunctorCall>(), operands)];
            case OpCode.ViewExtent:
                MemoryAccess extent = op.Attr<MemoryAccess>();
                return [_builder.Emit(OpCode.ViewExtent, extent with { View = ViewName(extent.View, scope) }, operands)];
            case OpCode.BlockSize:
                Element blocks = _views[ViewName(op.Attr<MemoryAccess>().View, scope)].Element;
                return [_builder.Constant(blocks.Kind == ElementKind.Quantized ? _spec.Formats[blocks.Name].BlockSize : 1)];
            case OpCode.Load:
                MemoryAccess load = op.Attr<MemoryAccess>();
                return [Load(load with { View = ViewName(load.View, scope) }, op.Result.Type.DType, operands)];
            case OpCode.RawLoad:
                MemoryAccess raw = op.Attr<MemoryAccess>();
                return [_builder.Load(OpCode.RawLoad, raw with { View = ViewName(raw.View, scope) }, op.Result.Type.DType, operands)];
            case OpCode.Store:
                _builder.Store(op.Attr<MemoryAccess>(), operands);
                return [];
            case OpCode.For or OpCode.While or OpCode.If:
                return Region(op, operands, scope);
            default:
                return [_builder.Emit(op.Code, op.Attribute, operands)];
        }
    }

    private static string ViewName(string view, Scope scope) => scope.Self is { } self ? FieldName(self, view) : view;

    private Value Parameter(string name, DType type)
    {
        Parameter parameter = _kernel.Find(name);
        if (parameter.Kind == ParameterKind.Schedule && !(parameter.IsTunable && _target == TargetKind.Cpu))
            return _builder.Constant(parameter.ValueFor(_target));
        if (parameter.Kind == ParameterKind.Specialized && _spec.Values.TryGetValue(name, out int? value) && value is { } known)
            return _builder.Constant(known);
        return _builder.Param(name, type);
    }

    private Value Inline(FunctorCall call, Value[] operands)
    {
        Functor functor = _spec.Functors[call.TypeParameter];
        Function function = functor.Methods.FirstOrDefault(m => m.Name == call.Method)
            ?? Defaults(functor)?.Methods.FirstOrDefault(m => m.Name == call.Method)
            ?? FunctorAdjoint.Find([.. functor.Methods, .. Defaults(functor)?.Methods ?? []], call.Method)
            ?? throw new IrException($"functor {functor.Name} has no method {call.Method}", _builder.Location);
        var scope = new Scope(call.Self.Length > 0 ? call.Self : null, _builder.Location, []);
        return Widen(Run(function, operands, scope)[0], TypeRules.Broadcast(operands.Select(o => o.Type), _builder.Location));
    }

    // A functor interface's default methods travel as a functor named like the interface.
    private Functor? Defaults(Functor functor) => _spec.Functors.TryGetValue(functor.Interface, out Functor? defaults) ? defaults : null;

    // A functor that ignores an operand gives less than the call's shape.
    private Value Widen(Value value, Extent[] shape)
    {
        if (shape.Length == 0 || value.Type.Shape.SequenceEqual(shape))
            return value;
        Value[] extents = shape.Select(e => e.Dynamic ?? _builder.Constant(e.Constant)).ToArray();
        if (value.Type.IsScalar)
            return _builder.Emit(OpCode.Splat, null, [value, .. extents]);
        Number neutral = value.Type.DType == DType.F32 ? Number.Of(-0f) : Number.OfBits(value.Type.DType, 0);
        Value zeros = _builder.Emit(OpCode.Splat, null, [_builder.Constant(neutral), .. extents]);
        return _builder.Emit(value.Type.DType == DType.F32 ? OpCode.Add : OpCode.Or, null, zeros, value);
    }

    private Value[] Run(Function function, Value[] operands, Scope scope)
    {
        for (int i = 0; i < operands.Length; i++)
            scope.Values[function.Body.Arguments[i]] = operands[i];
        Copy(function.Body, scope);
        return function.Body.Terminator.Operands.Select(o => scope.Values[o]).ToArray();
    }

    private Value Load(MemoryAccess access, DType type, Value[] operands)
    {
        Element element = _views[access.View].Element;
        if (element.Kind != ElementKind.Quantized)
        {
            return access.Part switch
            {
                LoadPart.Scale => _builder.Constant(1f),
                LoadPart.Offset => _builder.Constant(0f),
                _ => _builder.Load(OpCode.Load, access with { Part = LoadPart.Value }, type, operands),
            };
        }

        if (access.Masked)
            throw new IrException($"masked reads of {element.Name} are not supported: end the index range instead", _builder.Location);
        QuantFormat format = _spec.Formats[element.Name];
        Value last = operands[operands.Length - 1];
        Value size = _builder.Constant(format.BlockSize);
        PanelAddress? panels = _views[access.View].IsPanels ? new PanelAddress(_builder, format, operands[0]) : null;
        Value bytes = _builder.Constant(format.BlockBytes * (panels is null ? 1 : PanelLayout.Rows));
        Value block = _builder.Emit(OpCode.Mul, null, _builder.Emit(OpCode.Div, null, last, size), bytes);
        Value[] leading = panels is null ? [.. operands.Take(operands.Length - 1)] : [panels.Panel];
        var decode = new Decoder(this, access.View, leading, block, panels);
        Value[] parts = decode.Run(format.Decode, _builder.Emit(OpCode.Rem, null, last, size));
        return access.Part switch
        {
            LoadPart.Scale => parts[0],
            LoadPart.Code => _builder.Emit(OpCode.Convert, type, parts[1]),
            LoadPart.Offset => parts[2],
            _ => Dequantize(parts),
        };
    }

    private Value Dequantize(Value[] parts)
    {
        Value code = _builder.Emit(OpCode.Convert, DType.F32, parts[1]);
        bool noOffset = parts[2].Definition is { Code: OpCode.Const } zero && zero.Attr<Number>().F32 == 0;
        return noOffset ? _builder.Emit(OpCode.Mul, null, parts[0], code) : _builder.Emit(OpCode.Fma, null, parts[0], code, parts[2]);
    }

    private Value[] Region(Op op, Value[] operands, Scope scope)
    {
        bool loop = op.Code != OpCode.If;
        int fixedArguments = op.Code == OpCode.For ? 1 : 0;
        Value[] initial = op.Code == OpCode.For ? operands.Skip(3).ToArray() : loop ? operands : [];
        if (op.Code == OpCode.If && operands[0].Definition is { Code: OpCode.Const } condition)
        {
            Block taken = op.Regions[condition.Attr<Number>().Bool ? 0 : 1];
            Copy(taken, scope);
            return taken.Terminator.Operands.Select(o => scope.Values[o]).ToArray();
        }

        var regions = new Block[op.Regions.Length];
        for (int i = 0; i < regions.Length; i++)
        {
            Block source = op.Regions[i];
            Value[] arguments = source.Arguments.Select((a, index) =>
                new Value(index < fixedArguments ? Ir.ValueType.Scalar(DType.I32) : initial[index - fixedArguments].Type, a.Name)).ToArray();
            regions[i] = _builder.Enter(loop, arguments);
            for (int a = 0; a < arguments.Length; a++)
                scope.Values[source.Arguments[a]] = arguments[a];
            Copy(source, scope);
            _builder.Leave(source.Terminator.Code, source.Terminator.Operands.Select(o => scope.Values[o]).ToArray());
        }

        _builder.Location = op.Location;
        IEnumerable<Value> results = loop ? initial : regions[0].Terminator.Operands;
        return _builder.Control(op.Code, operands, regions, results.Select(r => r.Type).ToArray());
    }

    // Self: the functor parameter whose method is being inlined. Function: where the call stands.
    private sealed record Scope(string? Self, SourceLocation? Function, Dictionary<Value, Value> Values);

    /// <summary>Inlines a format's Decode: byte offsets within "block" become offsets within the view's row.</summary>
    private sealed class Decoder(Specializer owner, string view, Value[] leading, Value block, PanelAddress? panels)
    {
        public Value[] Run(Function decode, Value index)
        {
            var values = new Dictionary<Value, Value> { [decode.Body.Arguments[0]] = index };
            foreach (Op op in decode.Body.Ops)
            {
                Value[] operands = op.Operands.Select(o => values[o]).ToArray();
                if (op.Code == OpCode.Return)
                    return operands;
                values[op.Result] = op.Code == OpCode.RawLoad
                    ? owner._builder.Load(OpCode.RawLoad, op.Attr<MemoryAccess>() with { View = view }, op.Result.Type.DType, [.. leading, Offset(op, operands[0])])
                    : owner._builder.Emit(op.Code, op.Attribute, operands);
            }

            throw new IrException($"the Decode of {decode.Name} does not return");
        }

        private Value Offset(Op read, Value withinBlock) => owner._builder.Emit(OpCode.Add, null, block, panels is null ? withinBlock : panels.Offset(read, withinBlock));
    }
}
