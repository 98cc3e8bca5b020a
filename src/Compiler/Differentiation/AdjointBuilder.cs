using KernelFoundry.Compiler.Ir;
using ValueType = KernelFoundry.Compiler.Ir.ValueType;

namespace KernelFoundry.Compiler.Differentiation;

/// <summary>The operations that rules of adjoints are written in.</summary>
internal sealed class AdjointBuilder(Builder builder)
{
    public Value Constant(float value) => builder.Constant(value);

    public Value Neg(Value a) => builder.Emit(OpCode.Neg, null, a);

    public Value Add(Value a, Value b) => builder.Emit(OpCode.Add, null, a, b);

    public Value Sub(Value a, Value b) => builder.Emit(OpCode.Sub, null, a, b);

    public Value Mul(Value a, Value b) => builder.Emit(OpCode.Mul, null, a, b);

    public Value Div(Value a, Value b) => builder.Emit(OpCode.Div, null, a, b);

    public Value Unary(OpCode code, Value a) => builder.Emit(code, null, a);

    public Value Transpose(Value a) => builder.Emit(OpCode.Transpose, null, a);

    public Value Dot(Value a, Value b) => builder.Emit(OpCode.Dot, null, a, b);

    public Value Expand(Value a, int axis) => builder.Emit(OpCode.Expand, axis, a);

    public Value Sum(Value a, int axis = -1) => builder.Emit(OpCode.Reduce, new Reduction(ReduceKind.Sum, axis), a);

    /// <summary><paramref name="a"/> where a comparison holds, else zero.</summary>
    public Value Where(OpCode comparison, Value left, Value right, Value a) =>
        builder.Emit(OpCode.Select, null, builder.Emit(comparison, null, left, right), a, Constant(0f));

    public Value Where(Value condition, Value a, Value b) => builder.Emit(OpCode.Select, null, condition, a, b);

    /// <summary>A value in every element of a shape it broadcasts to.</summary>
    public Value Widen(Value value, ValueType shape)
    {
        if (shape.IsScalar || value.Type.Shape.SequenceEqual(shape.Shape))
            return value;
        Value[] extents = [.. shape.Shape.Select(e => e.Dynamic ?? builder.Constant(e.Constant))];
        return value.Type.IsScalar
            ? builder.Emit(OpCode.Splat, null, [value, .. extents])
            : Add(builder.Emit(OpCode.Splat, null, [Constant(0f), .. extents]), value);
    }

    /// <summary>
    /// The adjoint of an operand that was broadcast from <paramref name="operand"/> to <paramref name="result"/>: summed over the elements it
    /// stood for.
    /// </summary>
    public Value Narrow(Value adjoint, ValueType result, ValueType operand)
    {
        if (operand.Shape.SequenceEqual(result.Shape))
            return adjoint;
        Value sum = Widen(adjoint, result);
        if (operand.IsScalar)
            return Sum(sum);
        if (operand.Shape.All(e => e.IsOne))
            return builder.Emit(OpCode.Splat, null, [Sum(sum), .. operand.Shape.Select(_ => builder.Constant(1))]);
        int axis = operand.Shape[0].IsOne ? 0 : 1;
        return Expand(Sum(sum, axis), axis);
    }
}
