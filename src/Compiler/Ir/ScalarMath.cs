namespace KernelFoundry.Compiler.Ir;

/// <summary>
/// What every elementwise op does to scalars: the one definition behind constant folding and the interpreter. Integer arithmetic wraps;
/// transcendental functions are computed in double and rounded; Max and Min of a NaN and a number give the number.
/// </summary>
public static class ScalarMath
{
    private static readonly Dictionary<OpCode, Func<Number, Number>> Unary = new()
    {
        [OpCode.Neg] = a => a.Type == DType.F32 ? Number.Of(-a.F32) : Number.OfBits(a.Type, unchecked(-a.I32)),
        [OpCode.Abs] = a => a.Type == DType.F32 ? Number.Of(Math.Abs(a.F32)) : Number.OfBits(a.Type, a.I32 < 0 && a.Type != DType.U32 ? unchecked(-a.I32) : a.I32),
        [OpCode.Exp] = Real(Math.Exp),
        [OpCode.Log] = Real(Math.Log),
        [OpCode.Sqrt] = Real(Math.Sqrt),
        [OpCode.Rsqrt] = Real(x => 1 / Math.Sqrt(x)),
        [OpCode.Tanh] = Real(Math.Tanh),
        [OpCode.Erf] = Real(Erf),
        [OpCode.Sin] = Real(Math.Sin),
        [OpCode.Cos] = Real(Math.Cos),
        [OpCode.Sigmoid] = Real(x => 1 / (1 + Math.Exp(-x))),
        [OpCode.Floor] = Real(Math.Floor),
        [OpCode.Round] = Real(x => Math.Round(x, MidpointRounding.ToEven)),
        [OpCode.Not] = a => a.Type == DType.Bool ? Number.Of(!a.Bool) : Number.OfBits(a.Type, ~a.Bits),
    };

    private static readonly Dictionary<OpCode, Func<Number, Number, Number>> Binary = new()
    {
        [OpCode.Add] = Arithmetic((a, b) => a + b, (a, b) => unchecked(a + b)),
        [OpCode.Sub] = Arithmetic((a, b) => a - b, (a, b) => unchecked(a - b)),
        [OpCode.Mul] = Arithmetic((a, b) => a * b, (a, b) => unchecked(a * b)),
        [OpCode.Div] = (a, b) => a.Type switch
        {
            DType.F32 => Number.Of(a.F32 / b.F32),
            DType.U32 => Number.Of(a.U32 / b.U32),
            _ => Number.OfBits(a.Type, b.I32 == -1 ? unchecked(-a.I32) : a.I32 / b.I32),
        },
        [OpCode.Rem] = (a, b) => a.Type switch
        {
            DType.F32 => Number.Of(a.F32 % b.F32),
            DType.U32 => Number.Of(a.U32 % b.U32),
            _ => Number.OfBits(a.Type, b.I32 == -1 ? 0 : a.I32 % b.I32),
        },
        [OpCode.Min] = Ordered((a, b) => float.IsNaN(a) || b < a ? b : a, Math.Min, Math.Min),
        [OpCode.Max] = Ordered((a, b) => float.IsNaN(a) || b > a ? b : a, Math.Max, Math.Max),
        [OpCode.And] = (a, b) => Number.OfBits(a.Type, a.Bits & b.Bits),
        [OpCode.Or] = (a, b) => Number.OfBits(a.Type, a.Bits | b.Bits),
        [OpCode.Xor] = (a, b) => Number.OfBits(a.Type, a.Bits ^ b.Bits),
        [OpCode.Shl] = (a, b) => Number.OfBits(a.Type, a.Bits << (b.I32 & 31)),
        [OpCode.Shr] = (a, b) => a.Type == DType.U32 ? Number.Of(a.U32 >> (b.I32 & 31)) : Number.OfBits(a.Type, a.Bits >> (b.I32 & 31)),
        [OpCode.MulHi] = (a, b) => a.Type == DType.U32
            ? Number.Of((uint)(((ulong)a.U32 * b.U32) >> 32))
            : Number.OfBits(a.Type, (int)(((long)a.I32 * b.I32) >> 32)),
        [OpCode.Scale] = (a, b) => Number.Of((float)(a.F32 * Math.Pow(2, b.F32))),
        [OpCode.Eq] = Compare((a, b) => a == b, (a, b) => a == b),
        [OpCode.Ne] = Compare((a, b) => a != b, (a, b) => a != b),
        [OpCode.Lt] = Compare((a, b) => a < b, (a, b) => a < b),
        [OpCode.Le] = Compare((a, b) => a <= b, (a, b) => a <= b),
        [OpCode.Gt] = Compare((a, b) => a > b, (a, b) => a > b),
        [OpCode.Ge] = Compare((a, b) => a >= b, (a, b) => a >= b),
    };

    /// <summary>Evaluates an elementwise op; <paramref name="attribute"/> is the op's: a conversion's dtype, a look-up's table.</summary>
    public static Number Evaluate(OpCode code, object? attribute, Number a, Number b = default, Number c = default) => code switch
    {
        OpCode.Convert => Convert(a, (DType)attribute!),
        OpCode.Bitcast => Number.OfBits((DType)attribute!, a.Bits),
        OpCode.Lookup => Number.Of((int)((LookupTable)attribute!)[a.I32]),
        OpCode.Select => a.Bool ? b : c,
        OpCode.Fma => Number.Of(FusedMultiplyAdd(a.F32, b.F32, c.F32)),
        OpCode.Philox => Number.Of(Philox(a.U32, b.U32, c.U32)),
        _ => Unary.TryGetValue(code, out Func<Number, Number>? unary) ? unary(a) : Binary[code](a, b),
    };

    /// <summary>The op as a function: what <see cref="Evaluate"/> does, looked up once.</summary>
    public static Func<Number, Number, Number, Number> Bind(OpCode code, object? attribute)
    {
        if (Unary.TryGetValue(code, out Func<Number, Number>? unary))
            return (a, _, _) => unary(a);
        if (Binary.TryGetValue(code, out Func<Number, Number, Number>? binary))
            return (a, b, _) => binary(a, b);
        return (a, b, c) => Evaluate(code, attribute, a, b, c);
    }

    /// <summary>Conversion between compute types: float to integer truncates and saturates (NaN gives 0), to i8 saturates.</summary>
    public static Number Convert(Number a, DType to) => to switch
    {
        _ when a.Type == to => a,
        DType.F32 => Number.Of(a.Type == DType.U32 ? a.U32 : (float)a.I32),
        DType.Bool => Number.Of(a.Type == DType.F32 ? a.F32 != 0 : a.Bits != 0),
        DType.U32 => Number.Of(a.Type == DType.F32 ? (uint)Saturate(a.F32, 0, uint.MaxValue) : a.U32),
        DType.I8 => Number.OfBits(DType.I8, (int)Math.Max(-128, Math.Min(127, a.Type switch
        {
            DType.F32 => Saturate(a.F32, -128, 127),
            DType.U32 => a.U32,
            _ => a.I32,
        }))),
        _ => Number.OfBits(to, a.Type == DType.F32 ? (int)Saturate(a.F32, int.MinValue, int.MaxValue) : a.Bits),
    };

    /// <summary>First word of Philox4x32-10 (Salmon et al., SC11): key (seed, 0), counter (counter, stream, 0, 0).</summary>
    public static uint Philox(uint seed, uint stream, uint counter)
    {
        uint c0 = counter, c1 = stream, c2 = 0, c3 = 0, k0 = seed, k1 = 0;
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = (ulong)0xD2511F53u * c0, p1 = (ulong)0xCD9E8D57u * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            unchecked
            {
                k0 += 0x9E3779B9u;
                k1 += 0xBB67AE85u;
            }
        }

        return c0;
    }

    /// <summary>The error function in double precision: its Maclaurin series below 2.5, a continued fraction of erfc above.</summary>
    public static double Erf(double x)
    {
        double a = Math.Abs(x);
        if (double.IsNaN(x))
            return x;
        if (a > 6)
            return Math.Sign(x);
        if (a < 2.5)
        {
            double term = x, sum = x;
            for (int n = 1; n < 80 && Math.Abs(term) > 1e-18; n++)
            {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }

            return sum * 2 / Math.Sqrt(Math.PI);
        }

        double fraction = 0;
        for (int n = 60; n >= 1; n--)
            fraction = n / 2.0 / (a + fraction);
        double erfc = Math.Exp(-a * a) / (a + fraction) / Math.Sqrt(Math.PI);
        return Math.Sign(x) * (1 - erfc);
    }

    // The product of two floats is exact in double. Rounding the sum to odd before rounding it to float gives one rounding's result (Boldo and
    // Melquiond, "Emulation of FMA and correctly rounded sums", 2008).
    private static float FusedMultiplyAdd(float a, float b, float c)
    {
        double product = (double)a * b, sum = product + c;
        if (double.IsNaN(sum) || double.IsInfinity(sum))
            return (float)sum;
        double added = sum - product, error = product - (sum - added) + (c - added);
        long bits = BitConverter.DoubleToInt64Bits(sum);
        if (error != 0 && (bits & 1) == 0)
            sum = BitConverter.Int64BitsToDouble(error > 0 == sum > 0 ? bits + 1 : bits - 1);
        return (float)sum;
    }

    private static double Saturate(float value, double low, double high) =>
        float.IsNaN(value) ? 0 : Math.Max(low, Math.Min(high, Math.Truncate((double)value)));

    private static Func<Number, Number> Real(Func<double, double> f) => a => Number.Of((float)f(a.F32));

    private static Func<Number, Number, Number> Arithmetic(Func<float, float, float> real, Func<int, int, int> integer) =>
        (a, b) => a.Type == DType.F32 ? Number.Of(real(a.F32, b.F32)) : Number.OfBits(a.Type, integer(a.I32, b.I32));

    private static Func<Number, Number, Number> Ordered(Func<float, float, float> real, Func<int, int, int> signed, Func<uint, uint, uint> unsigned) =>
        (a, b) => a.Type switch
        {
            DType.F32 => Number.Of(real(a.F32, b.F32)),
            DType.U32 => Number.Of(unsigned(a.U32, b.U32)),
            _ => Number.OfBits(a.Type, signed(a.I32, b.I32)),
        };

    private static Func<Number, Number, Number> Compare(Func<float, float, bool> real, Func<long, long, bool> integer) =>
        (a, b) => Number.Of(a.Type switch
        {
            DType.F32 => real(a.F32, b.F32),
            DType.U32 => integer(a.U32, b.U32),
            _ => integer(a.I32, b.I32),
        });
}
