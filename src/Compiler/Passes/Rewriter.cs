using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Passes;

/// <summary>Rebuilds a specialised kernel through a <see cref="Builder"/>, giving a rule the chance to replace each pure op.</summary>
public sealed class Rewriter
{
    private readonly Func<Builder, Op, Value[], Value?> _rule;
    private readonly Block _body = new();
    private readonly Builder _builder;
    private readonly Dictionary<Value, Value> _values = [];

    private Rewriter(Func<Builder, Op, Value[], Value?> rule)
    {
        _rule = rule;
        _builder = new Builder(_body);
    }

    /// <summary>The kernel with every op for which <paramref name="rule"/> gives a value replaced by it.</summary>
    public static Kernel Rewrite(Kernel kernel, Func<Builder, Op, Value[], Value?> rule)
    {
        var pass = new Rewriter(rule);
        pass.Copy(kernel.Body);
        DeadCode.Remove(pass._body);
        pass._body.Ops.Add(new Op(OpCode.Return, []));
        return new Kernel
        {
            Name = kernel.Name,
            Location = kernel.Location,
            TypeParameters = kernel.TypeParameters,
            Parameters = kernel.Parameters,
            WorkGroup = kernel.WorkGroup,
            Body = pass._body,
        };
    }

    private void Copy(Block block)
    {
        foreach (Op op in block.Ops)
        {
            if (op.Code is OpCode.Yield or OpCode.Condition or OpCode.Return)
                continue;
            _builder.Location = op.Location;
            Value[] operands = op.Operands.Select(o => _values[o]).ToArray();
            Value[] results = Rebuild(op, operands);
            for (int i = 0; i < results.Length; i++)
            {
                results[i].Name ??= op.Results[i].Name;
                _values[op.Results[i]] = results[i];
            }
        }
    }

    private Value[] Rebuild(Op op, Value[] operands)
    {
        switch (op.Code)
        {
            case OpCode.Param:
                return [_builder.Param(op.Attr<string>(), op.Result.Type.DType)];
            case OpCode.Load or OpCode.RawLoad:
                return [_builder.Load(op.Code, op.Attr<MemoryAccess>(), op.Result.Type.DType, operands)];
            case OpCode.Store:
                _builder.Store(op.Attr<MemoryAccess>(), operands);
                return [];
            case OpCode.For or OpCode.While or OpCode.If:
                return Region(op, operands);
            default:
                return [_rule(_builder, op, operands) ?? _builder.Emit(op.Code, op.Attribute, operands)];
        }
    }

    private Value[] Region(Op op, Value[] operands)
    {
        Value[] carried = op.Code == OpCode.For ? operands.Skip(3).ToArray() : op.Code == OpCode.While ? operands : [];
        Block[] regions = op.Regions.Select(source =>
        {
            int counters = source.Arguments.Count - carried.Length;
            Value[] arguments = source.Arguments
                .Select((a, i) => new Value(i < counters ? Ir.ValueType.Scalar(DType.I32) : carried[i - counters].Type, a.Name)).ToArray();
            Block block = _builder.Enter(op.Code != OpCode.If, arguments);
            for (int i = 0; i < arguments.Length; i++)
                _values[source.Arguments[i]] = arguments[i];
            Copy(source);
            _builder.Leave(source.Terminator.Code, source.Terminator.Operands.Select(o => _values[o]).ToArray());
            return block;
        }).ToArray();
        _builder.Location = op.Location;
        IEnumerable<Value> like = op.Code == OpCode.If ? regions[0].Terminator.Operands : carried;
        return _builder.Control(op.Code, operands, regions, like.Select(v => v.Type).ToArray());
    }
}
