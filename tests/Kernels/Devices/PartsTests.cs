namespace KernelFoundry.Kernels.Tests;

/// <summary>Rows cut into parts give what rows as a whole give.</summary>
public sealed class PartsTests
{
    [Theory, Testing.DeviceData]
    public void Softmax_in_parts_is_softmax(Device device)
    {
        const int Rows = 2, Columns = 5000, Parts = 7;
        var random = new Random(3);
        float[] logits = [.. Enumerable.Range(0, Rows * Columns).Select(_ => (float)(random.NextDouble() * 20) - 10)];

        // A part of -inf alone, and a row of nothing else.
        Array.Fill(logits, float.NegativeInfinity, 0, 800);
        Array.Fill(logits, float.NegativeInfinity, Columns, Columns);
        View2<float> x = device.Upload<float>(logits, Rows, Columns), whole = device.Allocate<float>(Rows, Columns), parts = device.Allocate<float>(Rows, Columns);
        View2<float> max = device.Allocate<float>(Rows, Parts), sum = device.Allocate<float>(Rows, Parts);
        Probabilities.SoftmaxParts(device, x, max, sum);
        Probabilities.Softmax(device, x, whole);
        Probabilities.SoftmaxOfParts(device, x, max, sum, parts);
        Near(whole.ToArray(), parts.ToArray(), 4e-6f);
        Probabilities.LogSoftmax(device, x, whole);
        Probabilities.LogSoftmaxOfParts(device, x, max, sum, parts);
        Near(whole.ToArray(), parts.ToArray(), 1e-5f);
    }

    [Theory, Testing.DeviceData]
    public void The_lowest_token_wins_ties_between_parts(Device device)
    {
        const int Columns = 100, Parts = 7;
        float[] logits = new float[3 * Columns];
        logits[40] = logits[70] = 2;
        Array.Fill(logits, float.NaN, Columns, Columns);
        Array.Fill(logits, float.NaN, 2 * Columns, Columns - 1);
        logits[^1] = float.NegativeInfinity;
        View2<float> x = device.Upload<float>(logits, 3, Columns), best = device.Allocate<float>(3, Parts);
        View2<int> tokens = device.Allocate<int>(3, Parts);
        View1<int> chosen = device.Allocate<int>(3), whole = device.Allocate<int>(3);
        Sampling.ArgMaxParts(device, x, best, tokens);
        Sampling.ArgMaxOfParts(device, best, tokens, chosen);
        Sampling.ArgMax(device, x, whole);
        Assert.Equal([40, 0, 99], whole.ToArray());
        Assert.Equal([40, 0, 99], chosen.ToArray());
    }

    [Fact]
    public void Only_accelerators_with_few_long_rows_have_parts()
    {
        using Device gpu = Testing.Emulation.EmulatedCuda.Open();
        Assert.Equal(1, Probabilities.PartsOf(Device.Reference, 1, 128_256));
        Assert.Equal(Math.Min(62, 2 * gpu.Info.ComputeUnits), Probabilities.PartsOf(gpu, 1, 128_256));
        Assert.Equal(1, Probabilities.PartsOf(gpu, 1, 100));
        Assert.Equal(1, Probabilities.PartsOf(gpu, 100_000, 128_256));
        Assert.Equal(1, Probabilities.PartsOf(gpu, 0, 128_256));
    }

    private static void Near(float[] expected, float[] found, float tolerance)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            bool isNear = expected[i].Equals(found[i]) || Math.Abs(expected[i] - found[i]) <= tolerance * Math.Abs(expected[i]);
            Assert.True(isNear, $"at {i}: {expected[i]} as a whole, {found[i]} in parts");
        }
    }
}
