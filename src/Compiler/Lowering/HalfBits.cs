using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// IEEE half precision by integer arithmetic, for vectors without a conversion instruction: exponent and mantissa move into place under the three highest
/// exponent bits, so that infinities and NaNs have the exponent they need, and a multiplication by 2^-112 brings the others to theirs. A subnormal m comes out as
/// (1 + m / 1024) 2^-15; twice that less 2^-14 is m / 1024 2^-14, and for all others more than they are, so the lesser of the two is right. No operand is a
/// subnormal float: processors take many times as long for those, and of small weights every fifth vector has one.
/// </summary>
internal static class HalfBits
{
    /// <summary>The floats of halves whose bits were read as signed 16-bit integers.</summary>
    public static Expr ToFloat(Expr bits, Func<Expr, Expr> bind)
    {
        Expr h = bind(bits);
        Expr magnitude = And(Op(OpCode.Shl, DType.I32, h, new Literal(Number.Of(13))), 0x0FFFE000);
        Expr placed = bind(Cast(Op(OpCode.Or, DType.I32, magnitude, Int(0x70000000)), DType.F32));
        Expr normal = bind(Op(OpCode.Mul, DType.F32, placed, Float(1.925929944387236e-34f)));
        Expr subnormal = bind(Op(OpCode.Fma, DType.F32, placed, Float(3.851859888774472e-34f), Float(-6.103515625e-05f)));
        Expr value = Op(OpCode.Select, DType.F32, Op(OpCode.Lt, DType.Bool, subnormal, normal), subnormal, normal);
        return bind(Cast(Op(OpCode.Or, DType.I32, Cast(value, DType.I32), And(h, int.MinValue)), DType.F32));
    }

    private static Apply And(Expr value, int mask) => Op(OpCode.And, DType.I32, value, Int(mask));

    private static Broadcast Int(int value) => new(new Literal(Number.Of(value)));

    private static Apply Op(OpCode code, DType type, params Expr[] operands) => new(code, type, true, operands);

    private static Broadcast Float(float value) => new(new Literal(Number.Of(value)));

    private static Apply Cast(Expr value, DType type) => new(OpCode.Bitcast, type, true, new[] { value }, type);
}
