namespace KernelFoundry.Compiler.Ir;

/// <summary>Constant folding and the algebra that never changes a result (no float identity that NaN, infinity or -0 could break).</summary>
internal static class Folding
{
    /// <summary>The value an op folds to, or null.</summary>
    public static Value? TryFold(OpCode code, object? attribute, Value[] operands, Builder builder)
    {
        if (!OpTable.Of(code).IsElementwise)
            return null;
        if (operands.All(o => Literal(o) is not null))
        {
            if (code is OpCode.Div or OpCode.Rem && operands[0].Type.DType != DType.F32 && Literal(operands[1])!.Value.Bits == 0)
                return null;
            TypeRules.Infer(code, attribute, operands, builder.Location);
            Number At(int i) => i < operands.Length ? Literal(operands[i])!.Value : default;
            return builder.Constant(ScalarMath.Evaluate(code, attribute, At(0), At(1), At(2)));
        }

        if (code == OpCode.Convert && operands[0].Type.DType == (DType)attribute!)
            return operands[0];
        if (code == OpCode.Select && Literal(operands[0]) is { } condition)
            return Whole(operands, condition.Bool ? operands[1] : operands[2]);
        return operands.Length == 2 && operands[0].Type.DType != DType.F32 ? Integer(code, operands, builder) : Float(code, operands);
    }

    private static Value? Float(OpCode code, Value[] operands)
    {
        Number? right = operands.Length == 2 ? Literal(operands[1]) : null;
        Number? left = operands.Length == 2 ? Literal(operands[0]) : null;
        if (code is OpCode.Mul or OpCode.Div && right is { Type: DType.F32, F32: 1f })
            return operands[0];
        return code == OpCode.Mul && left is { Type: DType.F32, F32: 1f } ? operands[1] : null;
    }

    private static Value? Integer(OpCode code, Value[] operands, Builder builder)
    {
        Value a = operands[0], b = operands[1];
        int? x = Literal(a)?.Bits, y = Literal(b)?.Bits;
        Value? result = code switch
        {
            OpCode.Add when y == 0 => a,
            OpCode.Add when x == 0 => b,
            OpCode.Sub or OpCode.Shl or OpCode.Shr when y == 0 => a,
            OpCode.Mul or OpCode.Div when y == 1 => a,
            OpCode.Mul when x == 1 => b,
            OpCode.Mul when x == 0 && b.Type.IsScalar => a,
            OpCode.Mul when y == 0 && a.Type.IsScalar => b,
            OpCode.Rem when y == 1 && a.Type.IsScalar => builder.Constant(Number.OfBits(a.Type.DType, 0)),
            OpCode.Min or OpCode.Max or OpCode.And or OpCode.Or when ReferenceEquals(a, b) => a,
            OpCode.Sub when ReferenceEquals(a, b) && a.Type.IsScalar => builder.Constant(Number.OfBits(a.Type.DType, 0)),
            OpCode.Max when y == 0 && NeverNegative(a) => a,
            OpCode.Max when x == 0 && NeverNegative(b) => b,
            _ => null,
        };
        return result is null ? null : Whole(operands, result);
    }

    // A folded op must keep the broadcast shape.
    private static Value? Whole(Value[] operands, Value result) =>
        operands.All(o => o.Type.IsScalar || o.Type.Shape.SequenceEqual(result.Type.Shape)) ? result : null;

    private static bool NeverNegative(Value value) => value.Definition switch
    {
        { Code: OpCode.ViewExtent or OpCode.ProgramId } => true,
        { Code: OpCode.Const } op => op.Attr<Number>().Bits >= 0,
        { Code: OpCode.Min or OpCode.Add or OpCode.Div } op => op.Operands.All(NeverNegative),
        _ => false,
    };

    private static Number? Literal(Value value) => value.Definition is { Code: OpCode.Const } op ? op.Attr<Number>() : null;
}
