using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class RopeTests
{
    private const int Heads = 3, HeadDim = 128, Far = 131_071;

    [Theory]
    [DeviceData]
    public void Angles_are_exact_at_the_end_of_long_contexts(Device device)
    {
        var random = new Random(1);
        float[] x = [.. Enumerable.Range(0, Heads * HeadDim).Select(_ => random.NextSingle() - 0.5f)];
        float[] frequencies = RotaryFrequencies.Create(HeadDim, 500_000);
        foreach (int position in new[] { 0, 1, 4095, Far - 1, Far })
        {
            double[] interleaved = Expected(x, position, frequencies, i => (2 * i, (2 * i) + 1));
            AssertClose(interleaved, Rope(device, x, position, frequencies, isInterleaved: true));
            double[] halfSplit = Expected(x, position, frequencies, i => (i, i + (HeadDim / 2)));
            AssertClose(halfSplit, Rope(device, x, position, frequencies, isInterleaved: false));
        }
    }

    [Fact]
    public void Frequencies_are_those_of_the_paper()
    {
        Assert.Equal([1f, 0.1f, 0.01f, 0.001f], RotaryFrequencies.Create(8, 10_000));
        Assert.Equal([0.25f, 0.025f], RotaryFrequencies.Create(4, 100, scale: 0.25));
        Assert.Equal([1f, 0.0125f], RotaryFrequencies.Create(4, 100, factors: [1, 8]));
        Assert.Throws<ArgumentException>(() => RotaryFrequencies.Create(7, 10_000));
        Assert.Throws<ArgumentException>(() => RotaryFrequencies.Create(8, 0));
        Assert.Throws<ArgumentException>(() => RotaryFrequencies.Create(8, 10_000, factors: [1]));
    }

    private static double[] Expected(float[] x, int position, float[] frequencies, Func<int, (int A, int B)> pair)
    {
        double[] y = [.. x];
        for (int head = 0; head < Heads; head++)
        {
            for (int i = 0; i < frequencies.Length; i++)
            {
                int a = (head * HeadDim) + pair(i).A, b = (head * HeadDim) + pair(i).B;
                double angle = (double)position * frequencies[i];
                y[a] = (x[a] * Math.Cos(angle)) - (x[b] * Math.Sin(angle));
                y[b] = (x[a] * Math.Sin(angle)) + (x[b] * Math.Cos(angle));
            }
        }

        return y;
    }

    private static float[] Rope(Device device, float[] x, int position, float[] frequencies, bool isInterleaved)
    {
        View3<float> input = device.Upload<float>(x, 1, Heads, HeadDim), output = device.Allocate<float>(1, Heads, HeadDim);
        View1<int> positions = device.Upload<int>([position]);
        View1<float> radians = device.Upload<float>(frequencies);
        if (isInterleaved)
            Positions.RopeInterleaved(device, input, positions, radians, output);
        else
            Positions.RopeHalfSplit(device, input, positions, radians, output);
        return output.ToArray();
    }

    private static void AssertClose(double[] expected, float[] found)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], found[i], 1e-5);
    }
}
