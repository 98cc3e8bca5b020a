using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// Computes a value of one element for sixteen rows at once, one a lane: the scale of a block, say. Null where it is not understood.
/// </summary>
/// <param name="emitter">Takes the code.</param>
/// <param name="axes">The indices.</param>
/// <param name="panel">The panel.</param>
/// <param name="block">The block's first byte in its panel.</param>
/// <param name="element">The element, by its place in the block.</param>
internal sealed class RowVector(ElementEmitter emitter, WeightAxes axes, Cell panel, Cell block, int element)
{
    private readonly Dictionary<Value, object?> _known = [];

    /// <summary>The value: lanes, or a scalar where all rows have the same.</summary>
    public Expr? Of(Value value) => Evaluate(value) switch
    {
        LanePlace { IsConstant: true } place when place.Offsets.All(o => o == place.Offsets[0]) => Int(place.Offsets[0]),
        Expr expression => expression,
        _ => null,
    };

    // An Expr or a LanePlace.
    private object? Evaluate(Value value)
    {
        if (!_known.TryGetValue(value, out object? result))
            _known[value] = result = Compute(value);
        return result;
    }

    private object? Compute(Value value)
    {
        if (axes.PlaceOf(value, [.. Enumerable.Repeat(element, Lanes.Count)], [.. Enumerable.Range(0, Lanes.Count)]) is { } place)
            return place;
        if (value.Definition is not { } op)
            return null;
        switch (op.Code)
        {
            case OpCode.Const:
                return new Literal(op.Attr<Number>());
            case OpCode.Expand:
                return Evaluate(op.Operands[0]);
            case OpCode.RawLoad:
                return Load(op);
        }

        if (!op.Info.IsElementwise)
            return null;
        object?[] operands = [.. op.Operands.Select(Evaluate)];
        if (operands.All(o => o is LanePlace))
            return LanePlace.Of(op, [.. operands.Select(o => (LanePlace)o!)]);
        if (op.Code == OpCode.Select && operands[0] is LanePlace { IsConstant: true } chosen && chosen.Offsets.All(c => c == chosen.Offsets[0]))
            return operands[chosen.Offsets[0] != 0 ? 1 : 2];
        Expr?[] expressions = [.. op.Operands.Select(Of)];
        return expressions.All(e => e is not null) ? Apply(op, [.. expressions.Select(e => e!)]) : null;
    }

    // What lies at equal distances is read as numbers of that size, and the bytes wanted are cut out of them.
    private Expr? Load(Op op)
    {
        MemoryAccess access = op.Attr<MemoryAccess>();
        if (access.Masked || op.Operands.Length != 2 || Evaluate(op.Operands[0]) is not LanePlace { IsPanel: true }
            || Evaluate(op.Operands[1]) is not LanePlace place || place.Blocks != axes.Bytes || place.Panels != 0)
            return null;
        int[] at = place.Offsets;
        int step = at[1] - at[0], bytes = access.Raw switch { RawType.U8 or RawType.I8 => 1, RawType.U16 or RawType.I16 or RawType.F16 => 2, _ => 0 };
        if (bytes == 0 || step < bytes || Enumerable.Range(0, at.Length).Any(l => at[l] != at[0] + (l * step)))
            return null;

        // Not beyond the block: there the wanted bytes are the upper ones.
        int upper = Math.Max(0, at[0] + (step * Lanes.Count) - axes.Bytes);
        RawType? raw = step switch { 1 => access.Raw, 2 => bytes == 2 && access.Raw != RawType.U16 ? RawType.I16 : RawType.U16, 4 => RawType.I32, _ => null };
        if (raw is not { } read || upper + bytes > step || at[0] < upper)
            return null;
        Expr[] indices = [panel.Scalar(), (block with { Offset = block.Offset + at[0] - upper }).Scalar()];
        Expr lanes = Bind(new LoadView(access.View, indices, read, true, DType.I32, true));
        if (step == 1)
            return lanes;
        if (access.Raw is RawType.U8 or RawType.U16)
        {
            Expr low = upper == 0 ? lanes : Bind(Op(OpCode.Shr, lanes, 8 * upper));
            return bytes == step && upper == 0 ? low : Bind(Op(OpCode.And, low, (1 << (8 * bytes)) - 1));
        }

        Expr signed = bytes == step ? lanes : Bind(Op(OpCode.Shr, Bind(Op(OpCode.Shl, lanes, 32 - (8 * (upper + bytes)))), 32 - (8 * bytes)));
        return access.Raw == RawType.F16 ? HalfBits.ToFloat(signed, Bind) : signed;
    }

    private static Apply Op(OpCode code, Expr lanes, int constant) =>
        new(code, DType.I32, true, new[] { lanes, code == OpCode.And ? new Broadcast(Int(constant)) : Int(constant) });

    private Expr Apply(Op op, Expr[] operands)
    {
        bool vector = operands.Any(o => o.IsVector);
        bool shift = op.Code is OpCode.Shl or OpCode.Shr;
        if (vector)
            operands = [.. operands.Select((o, i) => o.IsVector || (shift && i == 1) ? o : new Broadcast(o))];
        if (shift && operands[1] is Literal { Value.Bits: 0 })
            return operands[0];
        return Bind(new Apply(op.Code, op.Result.Type.DType, vector, operands, op.Attribute));
    }

    private Expr Bind(Expr expression) => emitter.Bind(expression, null, emitter.Depth);
}
