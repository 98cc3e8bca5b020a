namespace KernelFoundry.Kernels.Tests;

/// <summary>Kernels on an OpenCL device that has no groups as large as their schedules ask for.</summary>
public sealed class SmallGroupTests
{
    private const int Rows = 5, Columns = 1000;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(40)]
    public void Kernels_run_in_smaller_groups(int most)
    {
        using Device small = Open(most), host = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu });
        Assert.Equal(most, small.Info.MaxWorkGroup);
        Close(Softmax(host), Softmax(small));
        Close(RmsNorm(host), RmsNorm(small));
        Close(MatVec(host), MatVec(small));
        Assert.Equal(ArgMax(host), ArgMax(small));
    }

    // One size: a driver's compiler takes half a minute for these kernels.
    [Fact]
    public void Tokens_are_drawn_in_smaller_groups()
    {
        using Device small = Open(16), host = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu });
        Sampler.Step[] chain = [new(Truncation.TopK, 50), new(Truncation.TopP, 0.9)];
        float[] logits = Values(Columns);
        Assert.Equal(Sampler.DrawMany(host, logits, chain, 20, seed: 3), Sampler.DrawMany(small, logits, chain, 20, seed: 3));
    }

    [Fact]
    public void No_group_is_not_a_size() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Open(new DeviceOptions { Kind = DeviceKind.OpenCl, MaxWorkGroup = 0 }));

    private static Device Open(int most)
    {
        if (!Device.Enumerate().Any(info => info is { Kind: DeviceKind.OpenCl, IsAvailable: true }))
            Assert.Skip("There is no OpenCL device.");
        return Device.Open(new DeviceOptions { Kind = DeviceKind.OpenCl, MaxWorkGroup = most });
    }

    private static float[] Values(int count)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 4) - 2))];
    }

    private static float[] Softmax(Device device)
    {
        View2<float> y = device.Allocate<float>(Rows, Columns);
        Probabilities.Softmax(device, device.Upload<float>(Values(Rows * Columns), Rows, Columns), y);
        return y.ToArray();
    }

    private static float[] RmsNorm(Device device)
    {
        View2<float> y = device.Allocate<float>(Rows, Columns);
        Normalization.RmsNorm(device, device.Upload<float>(Values(Rows * Columns), Rows, Columns), device.Upload<float>(Values(Columns)), y, 1e-5f);
        return y.ToArray();
    }

    private static float[] MatVec(Device device)
    {
        View2<float> y = device.Allocate<float>(1, Rows);
        Linear.MatVec(device, device.Upload<float>(Values(Rows * Columns), Rows, Columns), device.Upload<float>(Values(Columns), 1, Columns), y, default(NoEpilogue));
        return y.ToArray();
    }

    private static int[] ArgMax(Device device)
    {
        View1<int> tokens = device.Allocate<int>(Rows);
        Sampling.ArgMax(device, device.Upload<float>(Values(Rows * Columns), Rows, Columns), tokens);
        return tokens.ToArray();
    }

    private static void Close(float[] expected, float[] actual)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(actual[i], expected[i] - (1e-4f * MathF.Abs(expected[i])) - 1e-5f, expected[i] + (1e-4f * MathF.Abs(expected[i])) + 1e-5f);
    }
}
