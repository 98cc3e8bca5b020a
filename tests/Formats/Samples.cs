namespace KernelFoundry.Formats.Tests;

/// <summary>Numbers to encode.</summary>
internal static class Samples
{
    /// <summary>Normally distributed numbers (Box and Muller, 1958), as weights roughly are.</summary>
    public static float[] Normal(int count, Random random, double deviation = 1) =>
    [
        .. Enumerable.Range(0, count).Select(_ =>
            (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))),
    ];

    /// <summary>Sum of squared differences, weighted.</summary>
    public static double Error(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, ReadOnlySpan<float> weights = default)
    {
        double sum = 0;
        for (int i = 0; i < expected.Length; i++)
            sum += (weights.IsEmpty ? 1 : weights[i]) * Math.Pow((double)expected[i] - found[i], 2);
        return sum;
    }
}
