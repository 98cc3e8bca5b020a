using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;
using ValueType = KernelFoundry.Compiler.Ir.ValueType;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>An index into one tile axis within a loop nest: its form, and the loop depth it belongs to.</summary>
internal sealed class AxisIndex(Cell cell, int depth)
{
    public static readonly AxisIndex Zero = new(Cell.Of(Expressions.Zero), 0);

    public Cell Cell { get; } = cell;

    public int Depth { get; } = depth;
}

/// <summary>
/// Emits the code of single tile elements into the statement lists of a loop nest: one list a loop depth, each value in the outermost one its
/// indices allow, and no value twice. This is where a chain of tile operations becomes straight-line code with its values in registers.
/// </summary>
internal sealed class ElementEmitter
{
    private readonly TileState _state;
    private readonly List<List<Stmt>> _levels = [];
    private readonly List<Dictionary<Key, Cell>> _known = [];
    private readonly List<Dictionary<Expr, Var>> _bound = [];

    public ElementEmitter(TileState state, List<Stmt> outermost)
    {
        _state = state;
        Push(outermost);
    }

    /// <summary>Limits vector reads to their first lanes (the tail of a row), or null.</summary>
    public Expr? Count { get; set; }

    /// <summary>In a tail, the elements its vectors span together, which begin at a multiple of that.</summary>
    public int TailWidth { get; set; }

    public int Depth => _levels.Count - 1;

    /// <summary>What the statements come from.</summary>
    public SourceLocation Location => _state.Location;

    public List<Stmt> Innermost => _levels[Depth];

    public void Push(List<Stmt> body)
    {
        _levels.Add(body);
        _known.Add([]);
        _bound.Add([]);
    }

    public void Pop()
    {
        _levels.RemoveAt(Depth);
        _known.RemoveAt(_known.Count - 1);
        _bound.RemoveAt(_bound.Count - 1);
    }

    /// <summary>Forgets the innermost level's values: what follows is another copy of the body.</summary>
    public void Forget()
    {
        _known[Depth].Clear();
        _bound[Depth].Clear();
    }

    /// <summary>Whether a value has storage and is read from there.</summary>
    public bool IsStored(Value value) => _state.Buffers.ContainsKey(value);

    /// <summary>The element of <paramref name="value"/> at the given indices, one an axis.</summary>
    public Cell Emit(Value value, params AxisIndex[] at)
    {
        if (value.Type.IsScalar)
            return _state.ScalarCell(value);
        ValueType type = value.Type;
        var indices = new AxisIndex[type.Rank];
        for (int axis = 0; axis < indices.Length; axis++)
            indices[axis] = type.Shape[axis].IsOne ? AxisIndex.Zero : at[axis];
        var key = new Key(value, indices[0], indices.Length > 1 ? indices[1] : AxisIndex.Zero);
        int depth = Math.Max(key.First.Depth, key.Second.Depth);
        for (int level = 0; level <= Depth; level++)
        {
            if (_known[level].TryGetValue(key, out Cell? known))
                return known;
        }

        Cell cell = Compute(value, indices, depth);
        _known[depth][key] = cell;
        return cell;
    }

    /// <summary>The element computed by the tile's own op although it has storage, which is what fills that storage.</summary>
    public Cell EmitDefinition(Value value, params AxisIndex[] at)
    {
        TileBuffer storage = _state.Buffers[value];
        _state.Buffers.Remove(value);
        Cell cell = Emit(value, at);
        _state.Buffers[value] = storage;
        return cell;
    }

    /// <summary>
    /// The read of a value's first element if the value is signed bytes that lie one after the other along <paramref name="at"/>, else null.
    /// </summary>
    public LoadView? ConsecutiveBytes(Value value, params AxisIndex[] at)
    {
        if (value.Type.DType != DType.I8 || _state.Buffers.ContainsKey(value) || value.Definition is not { } op)
            return null;
        while (op.Code == OpCode.Convert && op.Operands[0].Definition is { } inner && !_state.Buffers.ContainsKey(op.Operands[0]))
            op = inner;
        if (op.Code is not (OpCode.Load or OpCode.RawLoad) || op.Attr<MemoryAccess>() is not { Masked: false } access)
            return null;
        RawType raw = op.Code == OpCode.RawLoad ? access.Raw : _state.RawOf(access.View);
        Cell[] indices = op.Operands.Select(o => Emit(o, at)).ToArray();
        bool consecutive = raw == RawType.I8 && indices[indices.Length - 1].Lane && indices.Take(indices.Length - 1).All(i => i.IsScalar);
        return consecutive
            ? new LoadView(access.View, indices.Select(i => i.Scalar()).ToArray(), raw, op.Code == OpCode.RawLoad, DType.I32, false)
            : null;
    }

    /// <summary>A scalar read: of a view, or of one element of a stored tile.</summary>
    public Cell EmitScalar(Op op) => op.Code == OpCode.Gather
        ? ReadBuffer(_state.Buffers[op.Operands[0]], [new AxisIndex(_state.ScalarCell(op.Operands[1]), 0)], op.Result, 0)
        : Load(op, op.Result, [], 0);

    /// <summary>Names an expression at a loop depth so that it is computed once.</summary>
    public Expr Bind(Expr expression, string? name, int depth)
    {
        if (expression is Literal or Var or Broadcast { Scalar: Literal or Var } or LaneIndex { First: Literal or Var })
            return expression;
        for (int level = 0; level <= Depth; level++)
        {
            if (_bound[level].TryGetValue(expression, out Var? known))
                return known;
        }

        Var variable = _state.NewVar(name, expression.Type, expression.IsVector);
        _bound[depth][expression] = variable;
        _levels[depth].Add(new Let(variable, expression) { Location = _state.Location });
        return variable;
    }

    private Cell Compute(Value value, AxisIndex[] at, int depth)
    {
        if (_state.Buffers.TryGetValue(value, out TileBuffer? buffer))
            return ReadBuffer(buffer, at, value, depth);
        Op op = value.Definition ?? throw new IrException("a tile has neither storage nor a definition");
        switch (op.Code)
        {
            case OpCode.Range:
                Cell start = _state.ScalarCell(op.Operands[0]);
                return Cell.Index(OpCode.Add, start, at[0].Cell, e => Bind(e, value.Name, depth))
                    ?? Vector(OpCode.Add, [start, at[0].Cell], value, depth);
            case OpCode.Splat:
                return _state.ScalarCell(op.Operands[0]);
            case OpCode.Expand:
                return Emit(op.Operands[0], at[1 - op.Attr<int>()]);
            case OpCode.Transpose:
                return Emit(op.Operands[0], at[1], at[0]);
            case OpCode.Load or OpCode.RawLoad:
                return Load(op, value, at, depth);
            case OpCode.Gather:
                Cell index = Emit(op.Operands[1], at);
                return ReadBuffer(_state.Buffers[op.Operands[0]], [new AxisIndex(index, depth)], value, depth);
            default:
                return Elementwise(op, op.Operands.Select(o => Emit(o, at)).ToArray(), depth);
        }
    }

    /// <summary>Applies an elementwise op to cells.</summary>
    public Cell Elementwise(Op op, Cell[] operands, int depth)
    {
        if (operands.All(o => o.Constant is not null))
        {
            Number At(int i) => i < operands.Length ? operands[i].Constant!.Value : default;
            return Cell.Of(new Literal(ScalarMath.Evaluate(op.Code, op.Attribute, At(0), At(1), At(2))));
        }

        string? name = op.Result.Name;
        if (op.Code is OpCode.Shl or OpCode.Shr && operands[1].Constant?.Value.Bits == 0)
            return operands[0];
        if (operands.Length == 2 && op.Result.Type.DType == DType.I32
            && Cell.Index(op.Code, operands[0], operands[1], e => Bind(e, name, depth)) is { } index)
            return index;
        if (operands.All(o => o.IsScalar))
        {
            Expr[] scalars = operands.Select(o => o.Scalar()).ToArray();
            int divisor = op.Code == OpCode.Mul && op.Result.Type.DType == DType.I32 ? Cell.ProductDivisor(operands[0], operands[1]) : 1;
            return new Cell(Bind(new Apply(op.Code, op.Result.Type.DType, false, scalars, op.Attribute), name, depth), false, 0, divisor);
        }

        return Vector(op.Code, operands, op.Result, depth, op.Attribute);
    }

    private Cell Vector(OpCode code, Cell[] operands, Value result, int depth, object? attribute = null)
    {
        bool shift = code is OpCode.Shl or OpCode.Shr;
        Expr[] vectors = operands.Select((o, i) => shift && i == 1 && o.IsScalar ? o.Scalar() : Bind(o.Vector(), null, depth)).ToArray();
        return new Cell(Bind(new Apply(code, result.Type.DType, true, vectors, attribute), result.Name, depth));
    }

    private Cell ReadBuffer(TileBuffer buffer, AxisIndex[] at, Value value, int depth)
    {
        if (buffer.Registers is { } registers)
            return Truth(new Cell(registers.At(at)), value, depth);
        Cell index = buffer.Index(at, e => Bind(e, null, depth));
        Expr expression = index.Base.IsVector
            ? new LoadLocal(buffer.Storage, index.Base, true, Count)
            : new LoadLocal(buffer.Storage, index.Scalar(), index.Lane);
        return Truth(new Cell(Bind(expression, value.Name, depth)), value, depth);
    }

    // Storage has integers for truth values.
    private Cell Truth(Cell cell, Value value, int depth)
    {
        if (value.Type.DType != DType.Bool)
            return cell;
        Expr zero = cell.IsScalar ? Zero : new Broadcast(Zero);
        return new Cell(Bind(new Apply(OpCode.Ne, DType.Bool, !cell.IsScalar, new[] { cell.Base, zero }), null, depth));
    }

    private Cell Load(Op op, Value value, AxisIndex[] at, int depth)
    {
        MemoryAccess access = op.Attr<MemoryAccess>();
        Cell[] operands = op.Operands.Select(o => Emit(o, at)).ToArray();
        int axes = op.Operands.Length - (access.Masked ? 2 : 0);
        Cell[] indices = operands.Take(axes).ToArray();
        Cell? mask = access.Masked ? operands[axes] : null;
        RawType raw = op.Code == OpCode.RawLoad ? access.Raw : _state.RawOf(access.View);
        bool bytes = op.Code == OpCode.RawLoad;
        DType type = value.Type.DType;
        Cell last = indices[axes - 1];
        bool consecutive = last.Lane && (!bytes || raw is RawType.U8 or RawType.I8) && indices.Take(axes - 1).All(i => i.IsScalar);
        bool scalar = indices.All(i => i.IsScalar) && mask is not { IsScalar: false };
        Expr[] exprs = indices.Select(i => scalar || consecutive || i.IsScalar ? i.Scalar() : Bind(i.Vector(), null, depth)).ToArray();
        if (!scalar && !consecutive && exprs.All(e => !e.IsVector))
            exprs[axes - 1] = Bind(new Broadcast(exprs[axes - 1]), null, depth);
        Expr? guard = mask is null ? null : mask.IsScalar ? mask.Scalar() : Bind(mask.Vector(), null, depth);
        Expr? other = mask is null ? null : scalar ? operands[axes + 1].Scalar() : Bind(operands[axes + 1].Vector(), null, depth);
        // Where a tail begins in a block of quantized elements the whole block is there.
        bool inBlock = bytes && consecutive && TailWidth > 0 && _state.ElementOf(access.View).BlockSize % TailWidth == 0;
        Expr? count = scalar || inBlock ? null : Count;
        if (raw == RawType.F16 && !scalar && guard is null)
        {
            var bits = new LoadView(access.View, exprs, RawType.I16, bytes, DType.I32, true, count);
            return new Cell(HalfBits.ToFloat(bits, e => Bind(e, null, depth)));
        }

        var load = new LoadView(access.View, exprs, raw, bytes, type, !scalar, count, guard, other);
        return new Cell(Bind(load, value.Name, depth));
    }

    private readonly record struct Key(Value Value, AxisIndex First, AxisIndex Second);
}
