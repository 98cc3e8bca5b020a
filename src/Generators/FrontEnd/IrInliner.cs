using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>Rebuilds the IR of a pointwise function where it is called, with the shapes of its arguments.</summary>
internal sealed class IrInliner(Builder builder)
{
    private readonly Dictionary<Value, Value> _values = [];

    /// <summary>The function's result for some arguments.</summary>
    public Value Inline(Function function, IReadOnlyList<Value> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
            _values[function.Body.Arguments[i]] = arguments[i];
        Copy(function.Body);
        return _values[function.Body.Terminator.Operands[0]];
    }

    private void Copy(Block block)
    {
        foreach (Op op in block.Ops)
        {
            if (op.Code is OpCode.Return or OpCode.Yield or OpCode.Condition)
                return;
            Value[] operands = [.. op.Operands.Select(o => _values[o])];
            Value[] results = op.Info.Class == OpClass.Control ? Control(op, operands) : [builder.Emit(op.Code, op.Attribute, operands)];
            for (int i = 0; i < results.Length; i++)
                _values[op.Results[i]] = results[i];
        }
    }

    private Value[] Control(Op op, Value[] operands)
    {
        int bounds = op.Code == OpCode.For ? 3 : 0;
        Value[] carried = op.Code == OpCode.If ? [] : [.. operands.Skip(bounds)];
        Block[] regions = [.. op.Regions.Select(region =>
        {
            Value[] arguments =
                [.. region.Arguments.Select((a, i) => new Value(i < bounds / 3 ? a.Type : carried[i - (bounds / 3)].Type, a.Name))];
            Block copy = builder.Enter(op.Code != OpCode.If, arguments);
            for (int i = 0; i < arguments.Length; i++)
                _values[region.Arguments[i]] = arguments[i];
            Copy(region);
            builder.Leave(region.Terminator.Code, [.. region.Terminator.Operands.Select(o => _values[o])]);
            return copy;
        })];
        IEnumerable<Value> results = op.Code == OpCode.If ? regions[0].Terminator.Operands : carried;
        return builder.Control(op.Code, operands, regions, [.. results.Select(r => r.Type)]);
    }
}
