namespace KernelFoundry.Compiler.Ir;

/// <summary>Reads the body of a kernel or function: ops, regions and the values in scope.</summary>
internal sealed class IrBodyReader(IrReader reader)
{
    // Deeper nesting than any kernel's; damaged text must not exhaust the stack.
    private const int DeepestRegion = 200;

    private readonly Dictionary<string, Value> _values = [];
    private readonly HashSet<string> _defined = [];
    private readonly Dictionary<string, Value> _free = [];
    private int _depth;

    public Block Body() => Region();

    private Block Region()
    {
        IrToken open = reader.Peek;
        reader.Expect("{");
        if (++_depth > DeepestRegion)
            throw IrReader.Error($"regions nest deeper than {DeepestRegion}", open);
        var block = new Block();
        var scope = new List<string>();
        if (reader.TryTake("("))
        {
            do
            {
                (Value value, string id) = Definition();
                Define(value, id, scope);
                block.Arguments.Add(value);
            }
            while (reader.TryTake(","));
            reader.Expect(")");
        }

        while (!reader.TryTake("}"))
            block.Ops.Add(Operation(scope));
        foreach (string id in scope)
            _values.Remove(id);
        _depth--;
        return block;
    }

    private Op Operation(List<string> scope)
    {
        IrToken start = reader.Peek;
        var results = new List<(Value Value, string Id)>();
        while (reader.Peek.Kind == IrTokenKind.Value)
        {
            results.Add(Definition());
            if (!reader.TryTake(","))
            {
                reader.Expect("=");
                break;
            }
        }

        int line = reader.Peek.Line;
        OpCode code = reader.Word(IrText.Codes);
        bool isControl = OpTable.Of(code).Class == OpClass.Control;
        if (!isControl && results.Count != (code == OpCode.Store ? 0 : 1))
            throw IrReader.Error($"{code} gives {(code == OpCode.Store ? "no result" : "one result")}, not {results.Count}", start);
        ValueType? declared = results.Count > 0 ? results[0].Value.Type : null;
        object? attribute = Attribute(code, declared);
        Value[] operands = Operands(code, line, ref attribute);
        var op = new Op(code, operands, attribute, reader.Location());
        if (!isControl)
            CheckType(op, declared, start);
        if (code is OpCode.For)
            op.Regions = [Region()];
        else if (code is OpCode.While or OpCode.If)
            op.Regions = [Region(), SecondRegion(code)];
        op.Results = results.Select(r => r.Value).ToArray();
        foreach ((Value value, string id) in results)
        {
            value.Definition = op;
            Define(value, id, scope);
        }

        return op;
    }

    private Block SecondRegion(OpCode code)
    {
        reader.Expect(IrText.Between(code));
        return Region();
    }

    private object? Attribute(OpCode code, ValueType? declared)
    {
        switch (code)
        {
            case OpCode.Const:
                IrToken literal = reader.Take();
                return literal.Kind is IrTokenKind.Number or IrTokenKind.Name && IrText.TryLiteral(literal.Text, declared!.DType, out Number number)
                    ? number
                    : throw IrReader.Error($"{literal} is no {IrText.Word(declared!.DType)}", literal);
            case OpCode.Param or OpCode.Field:
                return reader.Name();
            case OpCode.Convert or OpCode.Bitcast:
                return declared!.DType;
            case OpCode.ProgramId or OpCode.Expand:
                return Angled(() => reader.Int(0, code == OpCode.Expand ? 1 : 2));
            case OpCode.ViewExtent:
                int axis = Angled(() => reader.Int(0, 3));
                return new MemoryAccess(reader.Name(), Axis: axis);
            case OpCode.BlockSize:
                return new MemoryAccess(reader.Name());
            case OpCode.Lookup:
                return Angled(Table);
            case OpCode.Reduce or OpCode.ArgReduce or OpCode.Scan:
                return Angled(() =>
                {
                    ReduceKind kind = reader.Word(IrText.Reductions);
                    reader.Expect(",");
                    return new Reduction(kind, reader.Int(-1, 1));
                });
            case OpCode.Load:
                bool hasPart = reader.Peek is { Kind: IrTokenKind.Symbol, Text: "<" };
                return new MemoryAccess("", Part: hasPart ? Angled(() => reader.Word(IrText.Parts)) : LoadPart.Value);
            case OpCode.RawLoad:
                return new MemoryAccess("", Raw: Angled(() => reader.Word(IrText.Raws)));
            case OpCode.Store:
                return new MemoryAccess("");
            case OpCode.Call:
                string type = reader.Name();
                reader.Expect(".");
                return new FunctorCall(type, reader.Name(), reader.TryTake("on") ? reader.Name() : "", declared!.DType);
            default:
                return null;
        }
    }

    private LookupTable Table()
    {
        var entries = new sbyte[LookupTable.Count];
        for (int i = 0; i < entries.Length; i++)
        {
            if (i > 0)
                reader.Expect(",");
            entries[i] = (sbyte)reader.Int(sbyte.MinValue, sbyte.MaxValue);
        }

        return LookupTable.Of(entries);
    }

    private T Angled<T>(Func<T> inner)
    {
        reader.Expect("<");
        T value = inner();
        reader.Expect(">");
        return value;
    }

    // Operands begin on the line of their op: a value on the next line is the next op's result.
    private Value[] Operands(OpCode code, int line, ref object? attribute)
    {
        var operands = new List<Value>();
        if (attribute is not MemoryAccess access || code is OpCode.ViewExtent or OpCode.BlockSize)
        {
            if (reader.Peek.Line != line || reader.Peek.Kind is not (IrTokenKind.Value or IrTokenKind.Free))
                return [];
            do
            {
                operands.Add(Use());
            }
            while (reader.TryTake(","));
            return operands.ToArray();
        }

        string view = reader.Name();
        reader.Expect("[");
        do
        {
            operands.Add(Use());
        }
        while (reader.TryTake(","));
        reader.Expect("]");
        if (code == OpCode.Store)
        {
            reader.Expect("=");
            operands.Add(Use());
        }

        bool masked = reader.TryTake("mask");
        if (masked)
            operands.Add(Use());
        if (masked && code != OpCode.Store)
        {
            reader.Expect("else");
            operands.Add(Use());
        }

        attribute = access with { View = view, Masked = masked };
        return operands.ToArray();
    }

    private static void CheckType(Op op, ValueType? declared, IrToken at)
    {
        int low = op.Info.Arity, high = low;
        if (low < 0)
            (low, high) = op.Code switch { OpCode.Dot => (2, 3), OpCode.Splat => (1, 3), _ => (0, int.MaxValue) };
        if (op.Operands.Length < low || op.Operands.Length > high)
            throw IrReader.Error($"{op.Code} takes {low} operands, not {op.Operands.Length}", at);
        if (declared is null)
            return;
        SourceLocation position = IrReader.Position(at);
        ValueType inferred = op.Info.Class is OpClass.Memory or OpClass.Functor || op.Code == OpCode.Param
            ? new ValueType(declared.DType, TypeRules.Broadcast(op.Operands.Select(o => o.Type), position))
            : TypeRules.Infer(op.Code, op.Attribute, op.Operands, position);
        if (!inferred.SameAs(declared))
            throw IrReader.Error($"{op.Code} gives {inferred}, not {declared}", at);
    }

    private (Value Value, string Id) Definition()
    {
        IrToken token = reader.Take();
        if (token.Kind != IrTokenKind.Value)
            throw IrReader.Error($"expected a value, found {token}", token);
        string? name = reader.TryTake(".") ? reader.Name() : null;
        reader.Expect(":");
        if (!_defined.Add(token.Text))
            throw IrReader.Error($"%{token.Text} is defined twice", token);
        return (new Value(Type(), name), token.Text);
    }

    private void Define(Value value, string id, List<string> scope)
    {
        value.Id = _defined.Count - 1;
        _values[id] = value;
        scope.Add(id);
    }

    private Value Use()
    {
        IrToken token = reader.Take();
        if (token.Kind == IrTokenKind.Free)
        {
            if (!_free.TryGetValue(token.Text, out Value? free))
                _free[token.Text] = free = new Value(ValueType.Scalar(DType.I32));
            return free;
        }

        if (token.Kind != IrTokenKind.Value)
            throw IrReader.Error($"expected a value, found {token}", token);
        string? name = reader.TryTake(".") ? reader.Name() : null;
        if (!_values.TryGetValue(token.Text, out Value? value))
            throw IrReader.Error($"%{token.Text} is not defined here", token);
        return name == value.Name ? value : throw IrReader.Error($"%{token.Text} is named '{value.Name}', not '{name}'", token);
    }

    private ValueType Type()
    {
        DType dtype = reader.Word(IrText.DTypes);
        if (!reader.TryTake("["))
            return ValueType.Scalar(dtype);
        var shape = new List<Extent>();
        do
        {
            shape.Add(reader.Peek.Kind is IrTokenKind.Value or IrTokenKind.Free ? new Extent(0, Use()) : reader.Int(int.MinValue, int.MaxValue));
        }
        while (reader.TryTake(","));
        reader.Expect("]");
        return shape.Count <= 2 ? new ValueType(dtype, shape.ToArray()) : throw IrReader.Error("a tile has one or two axes", reader.Peek);
    }
}
