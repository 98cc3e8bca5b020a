using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Tests.Ir;

public class ScalarMathTests
{
    [Theory]
    [InlineData(OpCode.Exp, 1f, 2.7182817f)]
    [InlineData(OpCode.Exp, -200f, 0f)]
    [InlineData(OpCode.Log, 10f, 2.3025851f)]
    [InlineData(OpCode.Log, 0f, float.NegativeInfinity)]
    [InlineData(OpCode.Log, -1f, float.NaN)]
    [InlineData(OpCode.Sqrt, 2f, 1.4142135f)]
    [InlineData(OpCode.Rsqrt, 4f, 0.5f)]
    [InlineData(OpCode.Rsqrt, 0f, float.PositiveInfinity)]
    [InlineData(OpCode.Tanh, 0.5f, 0.46211717f)]
    [InlineData(OpCode.Tanh, 50f, 1f)]
    [InlineData(OpCode.Sin, 1f, 0.84147096f)]
    [InlineData(OpCode.Cos, 1f, 0.5403023f)]
    [InlineData(OpCode.Sigmoid, 0f, 0.5f)]
    [InlineData(OpCode.Sigmoid, -1000f, 0f)]
    [InlineData(OpCode.Floor, -1.5f, -2f)]
    [InlineData(OpCode.Round, 2.5f, 2f)]
    [InlineData(OpCode.Round, 3.5f, 4f)]
    [InlineData(OpCode.Round, -0.5f, -0f)]
    [InlineData(OpCode.Abs, -0f, 0f)]
    [InlineData(OpCode.Neg, 0f, -0f)]
    public void Functions_of_floats(OpCode code, float x, float expected) => Same(expected, ScalarMath.Evaluate(code, null, Number.Of(x)).F32);

    // Values to double precision, on both sides of 2.5, where the series meets the continued fraction.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(1, 0.8427007929497149)]
    [InlineData(2, 0.9953222650189527)]
    [InlineData(2.4999, 0.9995928300996666)]
    [InlineData(2.5001, 0.9995932657565293)]
    [InlineData(3, 0.9999779095030014)]
    [InlineData(4, 0.9999999845827421)]
    [InlineData(7, 1)]
    public void The_error_function_is_exact_to_double_precision(double x, double expected)
    {
        Assert.Equal(expected, ScalarMath.Erf(x), 1e-14);
        Assert.Equal(-expected, ScalarMath.Erf(-x), 1e-14);
        Assert.True(double.IsNaN(ScalarMath.Erf(double.NaN)));
    }

    [Theory]
    [InlineData(OpCode.Max, float.NaN, 1f, 1f)]
    [InlineData(OpCode.Max, 1f, float.NaN, 1f)]
    [InlineData(OpCode.Min, float.NaN, 1f, 1f)]
    [InlineData(OpCode.Min, 1f, float.NaN, 1f)]
    [InlineData(OpCode.Max, float.NaN, float.NaN, float.NaN)]
    [InlineData(OpCode.Max, float.NegativeInfinity, 3f, 3f)]
    [InlineData(OpCode.Div, 1f, 0f, float.PositiveInfinity)]
    [InlineData(OpCode.Rem, -5.5f, 2f, -1.5f)]
    [InlineData(OpCode.Scale, 1.5f, -3f, 0.1875f)]
    [InlineData(OpCode.Scale, 1.5f, 128f, float.PositiveInfinity)]
    [InlineData(OpCode.Scale, 1.5f, -149f, 2.8e-45f)]
    public void Two_floats(OpCode code, float a, float b, float expected) => Same(expected, ScalarMath.Evaluate(code, null, Number.Of(a), Number.Of(b)).F32);

    [Theory]
    [InlineData(OpCode.Add, int.MaxValue, 1, int.MinValue)]
    [InlineData(OpCode.Mul, 0x10000, 0x10000, 0)]
    [InlineData(OpCode.Div, -7, 2, -3)]
    [InlineData(OpCode.Rem, -7, 2, -1)]
    [InlineData(OpCode.Div, int.MinValue, -1, int.MinValue)]
    [InlineData(OpCode.Rem, int.MinValue, -1, 0)]
    [InlineData(OpCode.Shl, 1, 33, 2)]
    [InlineData(OpCode.Shr, -8, 1, -4)]
    [InlineData(OpCode.MulHi, -1, 1, -1)]
    [InlineData(OpCode.MulHi, int.MaxValue, 4, 1)]
    [InlineData(OpCode.Xor, 12, 10, 6)]
    [InlineData(OpCode.Min, -1, 1, -1)]
    public void Two_integers(OpCode code, int a, int b, int expected) => Assert.Equal(Number.Of(expected), ScalarMath.Evaluate(code, null, Number.Of(a), Number.Of(b)));

    [Theory]
    [InlineData(0, -128)]
    [InlineData(7, -2)]
    [InlineData(8, 6)]
    [InlineData(15, 127)]
    [InlineData(-1, 127)]
    [InlineData(17, 3)]
    public void A_look_up_takes_the_low_four_bits(int index, int expected)
    {
        var table = LookupTable.Of([-128, 3, 1, -4, 1, -5, 9, -2, 6, 5, -3, 5, 8, -9, 7, 127]);
        Assert.Equal(Number.Of(expected), ScalarMath.Evaluate(OpCode.Lookup, table, Number.Of(index)));
    }

    [Fact]
    public void Unsigned_integers_are_unsigned()
    {
        Number large = Number.Of(0xF0000000u), two = Number.Of(2u);
        Assert.Equal(Number.Of(0x78000000u), ScalarMath.Evaluate(OpCode.Div, null, large, two));
        Assert.Equal(Number.Of(0x3C000000u), ScalarMath.Evaluate(OpCode.Shr, null, large, two));
        Assert.Equal(Number.Of(1u), ScalarMath.Evaluate(OpCode.MulHi, null, large, two));
        Assert.Equal(large, ScalarMath.Evaluate(OpCode.Max, null, large, two));
        Assert.Equal(large, ScalarMath.Evaluate(OpCode.Abs, null, large));
        Assert.Equal(Number.Of(false), ScalarMath.Evaluate(OpCode.Lt, null, large, two));
        Assert.Equal(Number.Of(127), ScalarMath.Convert(ScalarMath.Convert(large, DType.I8), DType.I32));
        Assert.Equal(Number.Of(4026531840f), ScalarMath.Convert(large, DType.F32));
    }

    [Theory]
    [InlineData(1.9f, DType.I32, 1)]
    [InlineData(-1.9f, DType.I32, -1)]
    [InlineData(3e9f, DType.I32, int.MaxValue)]
    [InlineData(float.NegativeInfinity, DType.I32, int.MinValue)]
    [InlineData(float.NaN, DType.I32, 0)]
    [InlineData(3e9f, DType.U32, unchecked((int)3000000000u))]
    [InlineData(-1f, DType.U32, 0)]
    [InlineData(200f, DType.I8, 127)]
    [InlineData(-0f, DType.Bool, 0)]
    [InlineData(0.1f, DType.Bool, 1)]
    public void Conversions_truncate_and_saturate(float value, DType to, int bits) => Assert.Equal(Number.OfBits(to, bits), ScalarMath.Convert(Number.Of(value), to));

    [Fact]
    public void Comparisons_of_NaN_are_false_but_for_unequal()
    {
        foreach (OpCode code in new[] { OpCode.Eq, OpCode.Lt, OpCode.Le, OpCode.Gt, OpCode.Ge })
            Assert.False(ScalarMath.Evaluate(code, null, Number.Of(float.NaN), Number.Of(1f)).Bool);
        Assert.True(ScalarMath.Evaluate(OpCode.Ne, null, Number.Of(float.NaN), Number.Of(float.NaN)).Bool);
    }

    // One rounding: compared with the hardware's over all kinds of exponents, and on a case two roundings get wrong.
    [Fact]
    public void Fma_rounds_once()
    {
        float tie = 1 + MathF.Pow(2, -12);
        Check(tie, tie, MathF.Pow(2, -60));
        Check(-tie, tie, -MathF.Pow(2, -60));
        var random = new Random(7);
        for (int i = 0; i < 200_000; i++)
            Check(Any(), Any(), Any());
        Check(float.MaxValue, 2, float.NegativeInfinity);
        Check(float.NaN, 1, 1);
        Check(float.Epsilon, 0.5f, float.Epsilon);

        float Any() => BitConverter.Int32BitsToSingle((random.Next() & ~0x7F800000) | (random.Next(90, 165) << 23) | (random.Next(2) << 31));

        static void Check(float a, float b, float c) =>
            Same(MathF.FusedMultiplyAdd(a, b, c), ScalarMath.Evaluate(OpCode.Fma, null, Number.Of(a), Number.Of(b), Number.Of(c)).F32);
    }

    // Random123's known-answer vector for philox4x32-10 with an all-zero key and counter.
    [Fact]
    public void Philox_matches_its_known_answer()
    {
        Assert.Equal(0x6627E8D5u, ScalarMath.Philox(0, 0, 0));
        uint[] words = [.. Enumerable.Range(0, 1000).Select(i => ScalarMath.Philox(1, 2, (uint)i))];
        Assert.Equal(1000, words.Distinct().Count());
        Assert.NotEqual(ScalarMath.Philox(1, 2, 3), ScalarMath.Philox(2, 2, 3));
        Assert.NotEqual(ScalarMath.Philox(1, 2, 3), ScalarMath.Philox(1, 3, 3));
    }

    [Fact]
    public void A_bound_op_is_the_op()
    {
        Assert.Equal(Number.Of(-3f), ScalarMath.Bind(OpCode.Neg, null)(Number.Of(3f), default, default));
        Assert.Equal(Number.Of(7), ScalarMath.Bind(OpCode.Add, null)(Number.Of(3), Number.Of(4), default));
        Assert.Equal(Number.Of(2f), ScalarMath.Bind(OpCode.Select, null)(Number.Of(false), Number.Of(1f), Number.Of(2f)));
        Assert.Equal(Number.Of(0x3F800000), ScalarMath.Bind(OpCode.Bitcast, DType.I32)(Number.Of(1f), default, default));
    }

    private static void Same(float expected, float actual) =>
        Assert.True(BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual) || (float.IsNaN(expected) && float.IsNaN(actual)), $"{actual:R} is not {expected:R}");
}
