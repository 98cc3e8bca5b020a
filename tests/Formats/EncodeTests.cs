namespace KernelFoundry.Formats.Tests;

/// <summary>What encoders keep of numbers, measured with the published decoders.</summary>
public class EncodeTests
{
    public static TheoryData<string> Formats() => [.. TestedFormat.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Normal_numbers_keep_their_precision(string name)
    {
        TestedFormat format = TestedFormat.Of(name);
        var random = new Random(21);
        double square = 0, error = 0;
        for (int trial = 0; trial < 400; trial++)
        {
            float[] values = Samples.Normal(format.BlockSize, random, 0.02);
            square += Samples.Error(values, new float[format.BlockSize]);
            error += Samples.Error(values, format.RoundTrip(values));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {Math.Sqrt(error / square):F4}");
        Assert.InRange(Math.Sqrt(error / square), format.Error * 0.8, format.Error);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Encoding_does_not_depend_on_what_the_block_held(string name)
    {
        TestedFormat format = TestedFormat.Of(name);
        float[] values = Samples.Normal(format.BlockSize, new Random(22));
        Assert.Equal(format.Encode(values), format.Encode(values, default));
        Assert.Equal(format.BlockBytes, format.Encode(values).Length);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Zeros_stay_zeros(string name)
    {
        TestedFormat format = TestedFormat.Of(name);
        Assert.All(format.RoundTrip(new float[format.BlockSize]), value => Assert.Equal(0f, value));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void One_value_among_zeros_stays_and_zeros_stay(string name)
    {
        TestedFormat format = TestedFormat.Of(name);
        foreach (float outlier in new[] { 3f, -3f })
        {
            for (int at = 0; at < format.BlockSize; at += 37)
            {
                var values = new float[format.BlockSize];
                values[at] = outlier;
                float[] found = format.RoundTrip(values);
                Assert.InRange(found[at] / outlier, 0.93, 1.07);
                Assert.All(found.Where((_, i) => i != at), value => Assert.InRange(value, -0.06f, 0.06f));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Equal_values_stay_equal(string name)
    {
        TestedFormat format = TestedFormat.Of(name);
        foreach (float value in new[] { 0.7f, -0.7f })
        {
            float[] found = format.RoundTrip([.. Enumerable.Repeat(value, format.BlockSize)]);
            Assert.All(found, each => Assert.InRange(each / value, 0.9, 1.1));
        }
    }

    // Scales are halves at best: numbers beyond them must not become infinite, nor those below them anything but small.
    [Theory]
    [MemberData(nameof(Formats))]
    public void Huge_and_tiny_numbers_stay_finite(string name)
    {
        TestedFormat format = TestedFormat.Of(name);
        var random = new Random(23);
        foreach (double deviation in new[] { 1e38, 1e30, 1e9, 1e-9, 1e-30, 1e-44 })
        {
            float[] drawn = Samples.Normal(format.BlockSize, random, deviation);
            float[] values = [.. drawn.Select(v => Math.Clamp(v, float.MinValue, float.MaxValue))];
            float[] found = format.RoundTrip(values);
            double largest = values.Max(Math.Abs);
            Assert.All(found, value => Assert.InRange(Math.Abs((double)value), 0, Math.Max(1.2 * largest, 1e-5)));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Important_elements_err_less(string name)
    {
        if (name == nameof(Q8_0))
            return;
        TestedFormat format = TestedFormat.Of(name);
        var random = new Random(24);
        double without = 0, with = 0;
        for (int trial = 0; trial < 100; trial++)
        {
            float[] values = Samples.Normal(format.BlockSize, random);
            float[] importance = [.. Samples.Normal(format.BlockSize, random).Select(v => MathF.Exp(2 * v))];
            without += Samples.Error(values, format.RoundTrip(values), importance);
            with += Samples.Error(values, format.RoundTrip(values, importance), importance);
        }

        Assert.InRange(with / without, 0, name == nameof(MXFP4) ? 1.0 : 0.97);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Importance_may_be_zero(string name)
    {
        TestedFormat format = TestedFormat.Of(name);
        float[] values = Samples.Normal(format.BlockSize, new Random(25));
        float[] found = format.RoundTrip(values, new float[format.BlockSize]);
        Assert.InRange(Math.Sqrt(Samples.Error(values, found) / Samples.Error(values, new float[format.BlockSize])), 0, 2 * format.Error);
    }
}
