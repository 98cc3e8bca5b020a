using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class SampleTests
{
    private const uint Seed = 20;

    // A draw is a launch of 1,024 threads, which an emulated GPU takes through a barrier one by one.
    private const int EmulatedDraws = 250;

    public static TheoryData<float, int, float, float> Settings => new()
    {
        { 1f, 0, 1f, 0f },
        { 0.7f, 0, 1f, 0f },
        { 1.5f, 12, 1f, 0f },
        { 1f, 0, 0.8f, 0f },
        { 1f, 0, 1f, 0.1f },
        { 0.9f, 20, 0.9f, 0.05f },
    };

    // Chi-square of the drawn tokens against the definition, at a significance of 1e-6. Seeds are fixed: the outcome is the same at every
    // run.
    [Theory]
    [MemberData(nameof(Settings))]
    public void Draws_are_distributed_as_defined(float temperature, int topK, float topP, float minP)
    {
        var random = new Random(3);
        float[] logits = [.. Enumerable.Range(0, 40).Select(_ => (float)(random.NextDouble() * 4))];
        double[] expected = Truncation.MinP(Truncation.TopP(Truncation.TopK(Truncation.Softmax(logits, temperature), topK), topP), minP);
        foreach (Device device in TestDevices.All)
        {
            int draws = device.Kind switch { DeviceKind.Cpu => 20_000, DeviceKind.Cuda => EmulatedDraws, _ => 4_000 };
            int[] counts = new int[logits.Length];
            foreach (int token in Draw(device, logits, draws, temperature, topK, topP, minP))
                counts[token]++;
            double chi = 0;
            int freedom = -1;
            for (int i = 0; i < counts.Length; i++)
            {
                if (expected[i] == 0)
                {
                    Assert.Equal(0, counts[i]);
                    continue;
                }

                chi += Math.Pow(counts[i] - (expected[i] * draws), 2) / (expected[i] * draws);
                freedom++;
            }

            double most = Critical(freedom);
            Assert.True(chi <= most, $"chi-square {chi:F1} with {freedom} degrees of freedom on {device}; at most {most:F1}");
        }
    }

    [Theory]
    [DeviceData]
    public void A_draw_repeats_and_another_step_or_seed_is_another_draw(Device device)
    {
        float[] logits = new float[1000];
        int[] first = Draw(device, logits, 50, 1, 0, 1, 0), again = Draw(device, logits, 50, 1, 0, 1, 0);
        Assert.Equal(first, again);
        Assert.True(first.Distinct().Count() > 40);
        Assert.NotEqual(first, Draw(device, logits, 50, 1, 0, 1, 0, seed: Seed + 1));
    }

    [Theory]
    [DeviceData]
    public void Ties_with_the_threshold_are_kept(Device device)
    {
        float[] logits = [1, 2, 2, 2, 0, -1, 3, 0];
        Assert.Equal([1, 2, 3, 6], Kept(device, logits, topK: 2));
        Assert.Equal([6], Kept(device, logits, topK: 1));
        Assert.Equal([0, 1, 2, 3, 6], Kept(device, logits, topK: 5));

        // Probabilities 0.4, 0.2, 0.2, 0.2: any share above 0.4 takes all that tie.
        float[] ties = [MathF.Log(0.4f), MathF.Log(0.2f), MathF.Log(0.2f), MathF.Log(0.2f)];
        Assert.Equal([0], Kept(device, ties, topP: 0.39f));
        Assert.Equal([0, 1, 2, 3], Kept(device, ties, topP: 0.45f));
        Assert.Equal([0, 1, 2, 3], Kept(device, ties, minP: 0.49f));
        Assert.Equal([0], Kept(device, ties, minP: 0.51f));

        // Zeros of both signs are one number.
        Assert.Equal([1, 2, 3], Kept(device, [-1, 0f, -0f, 0f, -2], topK: 1));
        Assert.Equal([1, 2, 3], Kept(device, [-1, -0f, -0f, 0f, -2], topP: 0.1f));
    }

    [Theory]
    [DeviceData]
    public void Truncations_compose_in_their_order(Device device)
    {
        // Of the three largest (8, 4, 2 parts of 14), a share of 0.8 takes two; of all six (16 parts) it would take three.
        float[] logits = [MathF.Log(8), MathF.Log(4), MathF.Log(2), 0, MathF.Log(0.5f), MathF.Log(0.5f)];
        Assert.Equal([0, 1, 2], Kept(device, logits, topP: 0.8f));
        Assert.Equal([0, 1], Kept(device, logits, topK: 3, topP: 0.8f));
        Assert.Equal([0], Kept(device, logits, topK: 3, topP: 0.8f, minP: 0.6f));
    }

    [Theory]
    [DeviceData]
    public void NaN_and_masked_logits_are_never_drawn(Device device)
    {
        float[] logits = [float.NaN, float.NegativeInfinity, 1, float.NaN, 1, float.NegativeInfinity];
        Assert.Equal([2, 4], Kept(device, logits));
        Assert.Equal([2, 4], Kept(device, logits, topK: 5));
        Assert.Equal([2, 4], Kept(device, logits, topP: 0.99f));
        Assert.Equal([2, 4], Kept(device, logits, topK: 2, topP: 0.99f, minP: 0.5f));
        Assert.Equal([0], Kept(device, [float.NegativeInfinity, float.NegativeInfinity, float.NaN]));
        Assert.Equal([0], Kept(device, [float.NaN, float.NaN], topK: 1, topP: 0.5f, minP: 0.5f));
    }

    [Theory]
    [DeviceData]
    public void A_far_better_token_is_drawn_at_any_setting(Device device)
    {
        var random = new Random(11);
        var logits = new float[151_936];
        for (int i = 0; i < logits.Length; i++)
            logits[i] = random.NextSingle();
        logits[123_457] = 60;
        foreach ((int topK, float topP) in new[] { (0, 1f), (40, 1f), (0, 0.95f), (40, 0.95f) })
            Assert.Equal([123_457], Draw(device, logits, 1, 1, topK, topP, 0));
    }

    private static int[] Kept(Device device, float[] logits, int topK = 0, float topP = 1, float minP = 0) =>
        [.. Draw(device, logits, device.Kind == DeviceKind.Cuda ? EmulatedDraws / 5 : 300, 1, topK, topP, minP).Distinct().Order()];

    private static int[] Draw(
        Device device, float[] logits, int draws, float temperature, int topK, float topP, float minP, uint seed = Seed)
    {
        View1<float> view = device.Upload<float>(logits);
        View1<int> tokens = device.Allocate<int>(draws);
        for (int i = 0; i < draws; i++)
            Sampling.Sample(device, view, tokens.Slice(i, 1), temperature, topK, topP, minP, seed, (uint)i);
        int[] drawn = tokens.ToArray();
        view.Memory!.Dispose();
        tokens.Memory!.Dispose();
        return drawn;
    }

    // Wilson and Hilferty's cube of a normal deviate; 4.7534 is exceeded with probability 1e-6.
    private static double Critical(int freedom)
    {
        double variance = 2.0 / (9 * freedom);
        return freedom * Math.Pow(1 - variance + (4.7534 * Math.Sqrt(variance)), 3);
    }
}
