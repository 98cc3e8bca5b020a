using FsCheck;
using FsCheck.Fluent;
using static KernelFoundry.Ops;

namespace KernelFoundry.Tests;

public class FunctionTests
{
    [Fact]
    public void Functions_are_double_precision_rounded_once()
    {
        Prop.ForAll<float>(x =>
        {
            Assert.Equal((float)Math.Exp(x), Exp(x));
            Assert.Equal((float)Math.Log(x), Log(x));
            Assert.Equal((float)Math.Sqrt(x), Sqrt(x));
            Assert.Equal((float)(1 / Math.Sqrt(x)), Rsqrt(x));
            Assert.Equal((float)Math.Tanh(x), Tanh(x));
            Assert.Equal((float)Math.Sin(x), Sin(x));
            Assert.Equal((float)Math.Cos(x), Cos(x));
            Assert.Equal((float)(1 / (1 + Math.Exp(-(double)x))), Sigmoid(x));
            Assert.Equal((float)Math.Floor(x), Floor(x));
            Tile<float> t = Tile.Of<float>(x, 1);
            Assert.Equal([Exp(x), Exp(1)], Exp(t).ToArray());
            Assert.Equal([Sigmoid(x), Sigmoid(1)], Sigmoid(t).ToArray());
        }).QuickCheckThrowOnFailure();
    }

    // Values of erf to 17 digits: Abramowitz and Stegun, table 7.1, and Wolfram MathWorld's erf(1) and erf(2).
    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(0.5, 0.52049987781304654)]
    [InlineData(1.0, 0.84270079294971487)]
    [InlineData(2.0, 0.99532226501895273)]
    [InlineData(3.0, 0.99997790950300141)]
    [InlineData(7.0, 1.0)]
    [InlineData(double.PositiveInfinity, 1.0)]
    public void Erf_has_its_tabulated_values(double x, double expected)
    {
        Assert.Equal((float)expected, Erf((float)x));
        Assert.Equal(-(float)expected, Erf(-(float)x));
    }

    [Fact]
    public void Erf_of_nan_is_nan() => Assert.True(float.IsNaN(Erf(float.NaN)));

    [Fact]
    public void Round_takes_halves_to_even() => Assert.Equal([0f, 2, 2, -2, 4, -0f], Round(Tile.Of<float>(0.5f, 1.5f, 2.5f, -2.5f, 3.5f, -0.5f)).ToArray());

    [Fact]
    public void Fma_rounds_once()
    {
        // (1 + e)(1 - e) - 1 = -e^2, which a rounded product loses.
        float e = 1f / (1 << 13);
        Assert.Equal(-e * e, Fma(1 + e, 1 - e, -1));
        Assert.Equal([-e * e], Fma(Tile.Of<float>(1 + e), 1 - e, -1).ToArray());
        Assert.Equal([-e * e], Fma(1 + e, Tile.Of<float>(1 - e), Tile.Of<float>(-1)).ToArray());
    }

    [Fact]
    public void Nan_loses_in_min_and_max()
    {
        Assert.Equal(1f, Max(float.NaN, 1));
        Assert.Equal(1f, Max(1, float.NaN));
        Assert.Equal(1f, Min(float.NaN, 1));
        Assert.Equal(1f, Min(1, float.NaN));
        Assert.True(float.IsNaN(Max(float.NaN, float.NaN)));
        Assert.Equal([2f, 1f], Max(Tile.Of<float>(2, float.NaN), 1f).ToArray());
    }

    [Fact]
    public void Positional_int_is_an_operand_and_axis_is_named()
    {
        Tile<float> t = Tile.Of(new float[,] { { 1, 5 }, { 3, 2 } });
        Assert.Equal([1f, 5, 3, 2], Max(t, 1).ToArray());
        Assert.Equal([5f, 3], Max(t, axis: 1).ToArray());
        Assert.Equal([3f, 5], Max(t, axis: 0).ToArray());
        Assert.Equal([1f, 2], Min(t, axis: 1).ToArray());
        Assert.Equal([3, 5], Max(t.ToInt(), axis: 0).ToArray());
        Assert.Equal([3, 5, 3, 3], Max(t.ToInt(), 3).ToArray());
    }

    [Fact]
    public void Bits_round_trip()
    {
        Prop.ForAll<float>(x => Assert.Equal(BitConverter.SingleToInt32Bits(x), BitConverter.SingleToInt32Bits(BitcastToFloat(BitcastToInt(x)))))
            .QuickCheckThrowOnFailure();
        Assert.Equal(0x3F800000, BitcastToInt(1f));
        Assert.Equal(0xFFFFFFFEu, MulHi(uint.MaxValue, uint.MaxValue));
        Assert.Equal([1u], MulHi(Tile.Of<uint>(1u << 31), 2).ToArray());
    }
}
