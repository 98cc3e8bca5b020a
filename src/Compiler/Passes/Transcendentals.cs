using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Passes;

/// <summary>
/// Single-precision elementary functions from arithmetic, selection and bit operations, so that any vector width runs them. Range reduction and
/// minimax coefficients are those published with the Cephes library (S. Moshier, 1992); errors are about 2 units in the last place.
/// </summary>
internal static class Transcendentals
{
    private const float Log2E = 1.44269504088896341f;
    // pi / 2 in three parts; the products with n are exact inside fused multiply-add.
    private const float HalfPi1 = 1.57079637f;
    private const float HalfPi2 = -4.37113883e-08f;
    private const float HalfPi3 = -1.71512451e-15f;

    private const float TwoOverRootPi = 1.1283791671f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>e^x = 2^n e^r, n the integer nearest x / ln 2.</summary>
    public static Value Exp(Builder b, Value x)
    {
        Value clamped = b.Emit(OpCode.Max, null, b.Emit(OpCode.Min, null, x, b.Constant(89f)), b.Constant(-105f));
        Value n = b.Emit(OpCode.Round, null, b.Emit(OpCode.Mul, null, clamped, b.Constant(Log2E)));
        Value r = Fma(b, n, b.Constant(-Ln2High), clamped);
        r = Fma(b, n, b.Constant(-Ln2Low), r);
        Value p = Polynomial(b, r, 1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f);
        p = Fma(b, p, b.Emit(OpCode.Mul, null, r, r), b.Emit(OpCode.Add, null, r, b.Constant(1f)));
        return KeepNaN(b, x, b.Emit(OpCode.Scale, null, p, n));
    }

    /// <summary>x 2^n for whole n between -252 and 254, in two factors: where the first does not make it subnormal, it rounds once.</summary>
    public static Value Scale(Builder b, Value x, Value n)
    {
        Value exponent = b.Emit(OpCode.Convert, DType.I32, n);
        Value half = b.Emit(OpCode.Shr, null, exponent, b.Constant(1));
        return Times(b, Times(b, x, PowerOfTwo(b, half)), PowerOfTwo(b, b.Emit(OpCode.Sub, null, exponent, half)));
    }

    /// <summary>ln x = e ln 2 + ln m, m in [sqrt(1/2), sqrt 2). Zero gives -infinity, negative numbers NaN.</summary>
    public static Value Log(Builder b, Value x)
    {
        Value subnormal = b.Emit(OpCode.Lt, null, x, b.Constant(1.17549435e-38f));
        Value scaled = b.Emit(OpCode.Select, null, subnormal, Times(b, x, b.Constant(8388608f)), x);
        Value bits = b.Emit(OpCode.Bitcast, DType.I32, scaled);
        Value exponent = b.Emit(OpCode.Sub, null, b.Emit(OpCode.Shr, null, bits, b.Constant(23)), b.Constant(126));
        exponent = b.Emit(OpCode.Sub, null, exponent, b.Emit(OpCode.Select, null, subnormal, b.Constant(23), b.Constant(0)));
        Value mantissa = b.Emit(OpCode.Or, null, b.Emit(OpCode.And, null, bits, b.Constant(0x007FFFFF)), b.Constant(0x3F000000));
        Value m = b.Emit(OpCode.Bitcast, DType.F32, mantissa);
        Value small = b.Emit(OpCode.Lt, null, m, b.Constant(0.707106781186547524f));
        Value e = b.Emit(OpCode.Convert, DType.F32, exponent);
        e = b.Emit(OpCode.Sub, null, e, b.Emit(OpCode.Select, null, small, b.Constant(1f), b.Constant(0f)));
        m = b.Emit(OpCode.Sub, null, b.Emit(OpCode.Select, null, small, b.Emit(OpCode.Add, null, m, m), m), b.Constant(1f));
        Value z = Times(b, m, m);
        Value p = Polynomial(b, m, 7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f, 1.4249322787e-1f, -1.6668057665e-1f,
            2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f);
        p = Times(b, Times(b, p, m), z);
        p = Fma(b, e, b.Constant(Ln2Low), p);
        p = Fma(b, z, b.Constant(-0.5f), p);
        Value result = Fma(b, e, b.Constant(Ln2High), b.Emit(OpCode.Add, null, m, p));
        Value infinite = b.Emit(OpCode.Eq, null, x, b.Constant(float.PositiveInfinity));
        result = b.Emit(OpCode.Select, null, infinite, x, result);
        result = b.Emit(OpCode.Select, null, b.Emit(OpCode.Eq, null, x, b.Constant(0f)), b.Constant(float.NegativeInfinity), result);
        result = b.Emit(OpCode.Select, null, b.Emit(OpCode.Lt, null, x, b.Constant(0f)), b.Constant(float.NaN), result);
        return KeepNaN(b, x, result);
    }

    /// <summary>1 / (1 + e^-x).</summary>
    public static Value Sigmoid(Builder b, Value x) =>
        b.Emit(OpCode.Div, null, b.Constant(1f), b.Emit(OpCode.Add, null, b.Constant(1f), Exp(b, b.Emit(OpCode.Neg, null, x))));

    /// <summary>A polynomial below 0.625, 1 - 2 / (e^2x + 1) above.</summary>
    public static Value Tanh(Builder b, Value x)
    {
        Value a = b.Emit(OpCode.Abs, null, x);
        Value z = Times(b, x, x);
        Value p = Polynomial(b, z, -5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f, -3.33332819422e-1f);
        Value small = Fma(b, Times(b, p, z), x, x);
        Value e = Exp(b, b.Emit(OpCode.Add, null, a, a));
        Value large = b.Emit(OpCode.Sub, null, b.Constant(1f), b.Emit(OpCode.Div, null, b.Constant(2f), b.Emit(OpCode.Add, null, e, b.Constant(1f))));
        Value result = b.Emit(OpCode.Select, null, b.Emit(OpCode.Lt, null, a, b.Constant(0.625f)), small, WithSign(b, large, x));
        return KeepNaN(b, x, result);
    }

    /// <summary>
    /// The Maclaurin series of erf below 1 (Abramowitz and Stegun 7.1.5), and above 1 - t P(t) e^(-x^2), t = 1 / (1 + p x) (7.1.26, error 1.5e-7).
    /// </summary>
    public static Value Erf(Builder b, Value x)
    {
        Value a = b.Emit(OpCode.Abs, null, x);
        Value z = Times(b, x, x);
        Value series = Polynomial(b, z, -TwoOverRootPi / 6894720f, TwoOverRootPi / 685440f, -TwoOverRootPi / 75600f, TwoOverRootPi / 9360f,
            -TwoOverRootPi / 1320f, TwoOverRootPi / 216f, -TwoOverRootPi / 42f, TwoOverRootPi / 10f, -TwoOverRootPi / 3f, TwoOverRootPi);
        Value small = Times(b, series, x);
        Value t = b.Emit(OpCode.Div, null, b.Constant(1f), Fma(b, a, b.Constant(0.3275911f), b.Constant(1f)));
        Value p = Polynomial(b, t, 1.061405429f, -1.453152027f, 1.421413741f, -0.284496736f, 0.254829592f);
        Value tail = Times(b, Times(b, p, t), Exp(b, b.Emit(OpCode.Neg, null, z)));
        Value large = WithSign(b, b.Emit(OpCode.Sub, null, b.Constant(1f), tail), x);
        return KeepNaN(b, x, b.Emit(OpCode.Select, null, b.Emit(OpCode.Lt, null, a, b.Constant(1f)), small, large));
    }

    /// <summary>
    /// sin (quadrant 0) or cos (quadrant 1): x less a multiple n of pi/2 in three parts (Cody and Waite), then the polynomial and sign n asks for.
    /// Accurate to about 1e6; larger arguments lose bits as n does.
    /// </summary>
    public static Value Sine(Builder b, Value x, int quadrant)
    {
        Value n = b.Emit(OpCode.Round, null, Times(b, x, b.Constant(0.636619772367581343f)));
        Value r = Fma(b, n, b.Constant(-HalfPi1), x);
        r = Fma(b, n, b.Constant(-HalfPi2), r);
        r = Fma(b, n, b.Constant(-HalfPi3), r);
        Value z = Times(b, r, r);
        Value sine = Polynomial(b, z, -1.9515295891e-4f, 8.3321608736e-3f, -1.6666654611e-1f);
        sine = Fma(b, Times(b, sine, z), r, r);
        Value cosine = Polynomial(b, z, 2.443315711809948e-5f, -1.388731625493765e-3f, 4.166664568298827e-2f);
        cosine = Fma(b, cosine, Times(b, z, z), Fma(b, z, b.Constant(-0.5f), b.Constant(1f)));
        Value q = b.Emit(OpCode.Add, null, b.Emit(OpCode.Convert, DType.I32, n), b.Constant(quadrant));
        Value odd = b.Emit(OpCode.Eq, null, b.Emit(OpCode.And, null, q, b.Constant(1)), b.Constant(1));
        Value value = b.Emit(OpCode.Select, null, odd, cosine, sine);
        Value negative = b.Emit(OpCode.Eq, null, b.Emit(OpCode.And, null, q, b.Constant(2)), b.Constant(2));
        return b.Emit(OpCode.Select, null, negative, b.Emit(OpCode.Neg, null, value), value);
    }

    // Horner's rule, highest power first.
    private static Value Polynomial(Builder b, Value x, params float[] coefficients)
    {
        Value sum = b.Constant(coefficients[0]);
        foreach (float coefficient in coefficients.Skip(1))
            sum = Fma(b, sum, x, b.Constant(coefficient));
        return sum;
    }

    private static Value Fma(Builder b, Value x, Value y, Value z) => b.Emit(OpCode.Fma, null, x, y, z);

    private static Value Times(Builder b, Value x, Value y) => b.Emit(OpCode.Mul, null, x, y);

    private static Value PowerOfTwo(Builder b, Value n) =>
        b.Emit(OpCode.Bitcast, DType.F32, b.Emit(OpCode.Shl, null, b.Emit(OpCode.Add, null, n, b.Constant(127)), b.Constant(23)));

    private static Value WithSign(Builder b, Value magnitude, Value x) =>
        b.Emit(OpCode.Select, null, b.Emit(OpCode.Lt, null, x, b.Constant(0f)), b.Emit(OpCode.Neg, null, magnitude), magnitude);

    private static Value KeepNaN(Builder b, Value x, Value result) =>
        b.Emit(OpCode.Select, null, b.Emit(OpCode.Ne, null, x, x), x, result);
}
