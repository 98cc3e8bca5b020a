using static KernelFoundry.Kernels.Tests.Sampler;

namespace KernelFoundry.Kernels.Tests;

/// <summary>What is drawn, from what the truncations keep.</summary>
public sealed class DrawTests
{
    private const uint Seed = 20;

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
        Step[] chain = [new(Truncation.TopK, topK), new(Truncation.TopP, topP), new(Truncation.MinP, minP)];
        double[] expected = PlainTruncation.Softmax(logits, temperature);
        foreach (Step step in chain)
            expected = PlainTruncation.Apply(expected, step.Method, step.Amount);
        foreach (Device device in Devices)
        {
            int draws = device.Kind == DeviceKind.Cpu ? 4_000 : 200;
            int[] counts = new int[logits.Length];
            foreach (int token in DrawMany(device, logits, chain, draws, Seed, temperature))
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

    // Pairs (first, second) of draws without replacement: p(i) p(j) / (1 - p(i)).
    [Fact]
    public void Several_tokens_are_drawn_without_replacement()
    {
        float[] logits = [0.3f, 1.2f, -0.5f, 0.9f];
        double[] p = PlainTruncation.Softmax(logits);
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 1 });
        const int Draws = 6_000;
        var counts = new int[4, 4];
        for (uint step = 0; step < Draws; step++)
        {
            int[] drawn = Draw(device, logits, [], draws: 2, Seed, step);
            counts[drawn[0], drawn[1]]++;
        }

        double chi = 0;
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(0, counts[i, i]);
            for (int j = 0; j < 4; j++)
            {
                double expected = Draws * p[i] * p[j] / (1 - p[i]);
                chi += i == j ? 0 : Math.Pow(counts[i, j] - expected, 2) / expected;
            }
        }

        Assert.True(chi <= Critical(11), $"chi-square {chi:F1}; at most {Critical(11):F1}");
    }

    [Fact]
    public void Every_device_draws_the_same_tokens()
    {
        var random = new Random(6);
        for (int i = 0; i < 2; i++)
        {
            float[] logits = [.. Enumerable.Range(0, 400).Select(_ => (float)(random.NextDouble() * 12))];
            Step[] chain = [new(Truncation.TopK, i % 2 == 0 ? 0 : 100), new(Truncation.TopP, 0.97), new(Truncation.MinP, 1e-3)];
            int[]? first = null;
            foreach (Device device in Devices)
            {
                int[] drawn = Draw(device, logits, chain, draws: 5, seed: 1, (uint)i, temperature: 0.9f);
                first ??= drawn;
                Assert.Equal(first, drawn);
            }
        }
    }

    [Fact]
    public void A_draw_repeats_and_another_step_or_seed_is_another_draw()
    {
        foreach (Device device in Devices)
        {
            float[] logits = new float[1000];
            int[] first = DrawMany(device, logits, [], 20, Seed), again = DrawMany(device, logits, [], 20, Seed);
            Assert.Equal(first, again);
            Assert.True(first.Distinct().Count() > 15);
            Assert.NotEqual(first, DrawMany(device, logits, [], 20, Seed + 1));
        }
    }

    [Fact]
    public void Without_noise_the_largest_logits_come_lowest_id_first()
    {
        foreach (Device device in Devices)
        {
            float[] logits = [.. Enumerable.Repeat(-1f, 300)];
            logits[70] = logits[200] = 3;
            logits[130] = 5;
            Assert.Equal([130], Draw(device, logits, [], noise: 0));
            Assert.Equal([130, 70, 200], Draw(device, logits, [new(Truncation.TopK, 2)], draws: 5, noise: 0));
            logits[130] = float.NaN;
            Assert.Equal([70], Draw(device, logits, [], noise: 0));
        }
    }

    [Fact]
    public void A_far_better_token_is_drawn_at_any_setting()
    {
        foreach (Device device in Devices)
        {
            var random = new Random(11);
            int size = device.Kind == DeviceKind.Cpu ? 151_936 : 5_000;
            float[] logits = [.. Enumerable.Range(0, size).Select(_ => random.NextSingle())];
            logits[3_457] = 60;
            foreach ((int topK, double topP) in new[] { (0, 1), (40, 1), (0, 0.95), (40, 0.95) })
                Assert.Equal([3_457], DrawMany(device, logits, [new(Truncation.TopK, topK), new(Truncation.TopP, topP)], 1, Seed));
        }
    }

    // The logarithms against double precision, and how well noise reaches into its tails.
    [Fact]
    public void Elementary_functions_are_accurate()
    {
        for (float x = 0; x > -19.5f; x -= 0.0371f)
            Assert.InRange(SamplerMath.Exponential(Tile.Of(x))[0] / Math.Exp(x), 1 - 3e-7, 1 + 3e-7);
        for (float x = 1e-9f; x < 30; x *= 1.0137f)
            Assert.InRange(SamplerMath.Logarithm(Tile.Of(x))[0] - Math.Log(x), -3e-7 * (1 + Math.Abs(Math.Log(x))), 3e-7 * (1 + Math.Abs(Math.Log(x))));
    }

    // Wilson and Hilferty's cube of a normal deviate; 4.7534 is exceeded with probability 1e-6.
    private static double Critical(int freedom)
    {
        double variance = 2.0 / (9 * freedom);
        return freedom * Math.Pow(1 - variance + (4.7534 * Math.Sqrt(variance)), 3);
    }
}
