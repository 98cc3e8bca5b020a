namespace KernelFoundry.Compiler.Ir;

/// <summary>
/// Appends ops to a kernel while it types, folds, merges and hoists them: constants fold, equal pure ops become one value, and a pure op
/// lands in the outermost block where its operands live, so loop-invariant work leaves its loop as it is built. Rebuilding a kernel through
/// a builder therefore is the simplification pass.
/// </summary>
public sealed class Builder
{
    private readonly List<Scope> _scopes = [];
    private readonly Dictionary<Value, int> _depth = [];
    private int _memoryEpoch;

    public Builder(Block body, bool isLoop = false) => _scopes.Add(new Scope(body, isLoop));

    /// <summary>Location given to ops from now on.</summary>
    public SourceLocation Location { get; set; }

    public Block Current => _scopes[_scopes.Count - 1].Block;

    /// <summary>Opens a region; its arguments and ops belong to it until <see cref="Leave"/>.</summary>
    public Block Enter(bool isLoop, params Value[] arguments)
    {
        var block = new Block();
        _scopes.Add(new Scope(block, isLoop));
        foreach (Value argument in arguments)
        {
            block.Arguments.Add(argument);
            _depth[argument] = _scopes.Count - 1;
        }

        _memoryEpoch++;
        return block;
    }

    /// <summary>Closes the innermost region with <paramref name="terminator"/>.</summary>
    public void Leave(OpCode terminator, params Value[] values)
    {
        Append(new Op(terminator, values, null, Location));
        _scopes.RemoveAt(_scopes.Count - 1);
        _memoryEpoch++;
    }

    public Value Constant(int value) => Emit(OpCode.Const, Number.Of(value));

    public Value Constant(float value) => Emit(OpCode.Const, Number.Of(value));

    public Value Constant(Number value) => Emit(OpCode.Const, value);

    /// <summary>A scalar parameter.</summary>
    public Value Param(string name, DType type)
    {
        Value value = Pure(OpCode.Param, name, [], ValueType.Scalar(type));
        value.Name ??= name;
        return value;
    }

    /// <summary>Emits a pure op and gives its value: new, merged with an equal one, or folded.</summary>
    public Value Emit(OpCode code, object? attribute = null, params Value[] operands)
    {
        if (Folding.TryFold(code, attribute, operands, this) is { } folded)
            return folded;
        return Pure(code, attribute, operands, TypeRules.Infer(code, attribute, operands, Location));
    }

    /// <summary>A functor call: its result type is the broadcast of its operands in the attribute's dtype.</summary>
    public Value Call(FunctorCall attribute, params Value[] operands) =>
        Pure(OpCode.Call, attribute, operands, new ValueType(attribute.Result, TypeRules.Broadcast(operands.Select(o => o.Type), Location)));

    /// <summary>A scalar field of the functor a function belongs to.</summary>
    public Value Field(string name, DType type) => Pure(OpCode.Field, name, [], ValueType.Scalar(type));

    /// <summary>Reads elements; equal reads merge while nothing is stored in between.</summary>
    public Value Load(OpCode code, MemoryAccess attribute, DType type, params Value[] operands)
    {
        var result = new ValueType(type, TypeRules.Broadcast(operands.Select(o => o.Type), Location));
        var key = new Key(code, attribute, operands, _memoryEpoch);
        Scope scope = _scopes[_scopes.Count - 1];
        if (scope.Known.TryGetValue(key, out Value? known))
            return known;
        Value value = Place(_scopes.Count - 1, code, attribute, operands, result);
        scope.Known[key] = value;
        return value;
    }

    /// <summary>Stores a value; see <see cref="MemoryAccess"/> for the operands.</summary>
    public void Store(MemoryAccess attribute, params Value[] operands)
    {
        TypeRules.Broadcast(operands.Select(o => o.Type), Location);
        Append(new Op(OpCode.Store, operands, attribute, Location));
        _memoryEpoch++;
    }

    /// <summary>Appends an op with regions built beforehand and gives its results.</summary>
    public Value[] Control(OpCode code, Value[] operands, Block[] regions, params ValueType[] results)
    {
        var op = new Op(code, operands, null, Location) { Regions = regions };
        op.Results = results.Select(t => new Value(t) { Definition = op }).ToArray();
        foreach (Value value in op.Results)
            _depth[value] = _scopes.Count - 1;
        Append(op);
        return op.Results;
    }

    private Value Pure(OpCode code, object? attribute, Value[] operands, ValueType type)
    {
        int depth = Home(code, operands);
        var key = new Key(code, attribute, operands, 0);
        for (int i = depth; i >= 0; i--)
        {
            if (_scopes[i].Known.TryGetValue(key, out Value? known))
                return known;
        }

        Value value = Place(depth, code, attribute, operands, type);
        _scopes[depth].Known[key] = value;
        return value;
    }

    // The outermost scope an op may live in. Work across elements does not leave an If (it may be costly), nor does integer division by
    // something that could be zero leave anything.
    private int Home(OpCode code, Value[] operands)
    {
        int innermost = _scopes.Count - 1;
        bool traps = code is OpCode.Div or OpCode.Rem && operands[0].Type.DType != DType.F32
            && !(operands[1].Definition is { Code: OpCode.Const } c && c.Attr<Number>().Bits != 0);
        if (traps || code is OpCode.Call or OpCode.ProgramId)
            return code == OpCode.ProgramId ? 0 : innermost;
        int depth = operands.Length == 0 ? 0 : operands.Max(o => _depth.TryGetValue(o, out int d) ? d : 0);
        if (OpTable.Of(code).Class == OpClass.Across)
        {
            for (int i = innermost; i > depth; i--)
            {
                if (!_scopes[i].IsLoop)
                    return i;
            }
        }

        return depth;
    }

    private Value Place(int depth, OpCode code, object? attribute, Value[] operands, ValueType type)
    {
        var op = new Op(code, operands, attribute, Location);
        var value = new Value(type) { Definition = op };
        op.Results = [value];
        _scopes[depth].Block.Ops.Add(op);
        _depth[value] = depth;
        return value;
    }

    private void Append(Op op) => Current.Ops.Add(op);

    private sealed class Scope(Block block, bool isLoop)
    {
        public Block Block { get; } = block;

        public bool IsLoop { get; } = isLoop;

        public Dictionary<Key, Value> Known { get; } = [];
    }

    private readonly struct Key(OpCode code, object? attribute, Value[] operands, int epoch) : IEquatable<Key>
    {
        private readonly OpCode _code = code;
        private readonly object? _attribute = attribute;
        private readonly Value[] _operands = operands;
        private readonly int _epoch = epoch;

        public bool Equals(Key other) => _code == other._code && _epoch == other._epoch && Equals(_attribute, other._attribute)
            && _operands.Length == other._operands.Length && _operands.Zip(other._operands, ReferenceEquals).All(same => same);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode()
        {
            int hash = ((int)_code * 31) + _epoch + (_attribute?.GetHashCode() ?? 0);
            foreach (Value operand in _operands)
                hash = (hash * 31) + System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(operand);
            return hash;
        }
    }
}
