using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// IEEE half precision by integer arithmetic, for vectors without a conversion instruction: sign, exponent and mantissa move into place, a
/// multiplication by 2^112 rebiases them (subnormals become normal on the way), and infinities and NaNs get their exponent.
/// </summary>
internal static class HalfBits
{
    /// <summary>The floats of halves whose bits were read as signed 16-bit integers.</summary>
    public static Expr ToFloat(Expr bits, Func<Expr, Expr> bind)
    {
        Expr h = bind(bits);
        Expr placed = bind(Op(OpCode.And, DType.I32, Op(OpCode.Shl, DType.I32, h, new Literal(Number.Of(13))), Int(unchecked((int)0x8FFFE000))));
        Expr scaled = Op(OpCode.Mul, DType.F32, Cast(placed), new Broadcast(new Literal(Number.Of(5.192296858534828e33f))));
        Expr special = Op(OpCode.Eq, DType.Bool, Op(OpCode.And, DType.I32, h, Int(0x7C00)), Int(0x7C00));
        Expr infinite = Cast(Op(OpCode.Or, DType.I32, placed, Int(0x7F800000)));
        return bind(Op(OpCode.Select, DType.F32, bind(special), infinite, scaled));
    }

    private static Broadcast Int(int value) => new(new Literal(Number.Of(value)));

    private static Apply Op(OpCode code, DType type, params Expr[] operands) => new(code, type, true, operands);

    private static Apply Cast(Expr value) => new(OpCode.Bitcast, DType.F32, true, new[] { value }, DType.F32);
}
