using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// IEEE half precision by integer arithmetic, for vectors without a conversion instruction: exponent and mantissa move into place, a
/// multiplication by 2^112 rebiases them (subnormals become normal on the way), infinities and NaNs get their exponent, and the sign returns.
/// </summary>
internal static class HalfBits
{
    public static Expr ToFloat(Expr bits, Func<Expr, Expr> bind)
    {
        Expr h = bind(bits);
        Expr magnitude = bind(Op(OpCode.Shl, DType.I32, Op(OpCode.And, DType.I32, h, Int(0x7FFF)), new Literal(Number.Of(13))));
        Expr scaled = Op(OpCode.Mul, DType.F32, Cast(DType.F32, magnitude), new Broadcast(new Literal(Number.Of(5.192296858534828e33f))));
        Expr special = Op(OpCode.Ge, DType.Bool, magnitude, Int(0x7C00 << 13));
        Expr infinite = Cast(DType.F32, Op(OpCode.Or, DType.I32, magnitude, Int(0x7F800000)));
        Expr positive = bind(Op(OpCode.Select, DType.F32, bind(special), infinite, scaled));
        Expr sign = Op(OpCode.Shl, DType.I32, Op(OpCode.And, DType.I32, h, Int(0x8000)), new Literal(Number.Of(16)));
        return bind(Cast(DType.F32, Op(OpCode.Or, DType.I32, Cast(DType.I32, positive), sign)));
    }

    private static Broadcast Int(int value) => new(new Literal(Number.Of(value)));

    private static Apply Op(OpCode code, DType type, params Expr[] operands) => new(code, type, true, operands);

    private static Apply Cast(DType type, Expr value) => new(OpCode.Bitcast, type, true, new[] { value }, type);
}
