using static KernelFoundry.Kernels.Tests.Sampler;

namespace KernelFoundry.Kernels.Tests;

/// <summary>Every truncation against its plain definition: drawn distributions, ties, banned and broken logits, the smallest vocabularies.</summary>
public sealed class TruncationTests
{
    private const float NaN = float.NaN, Infinity = float.PositiveInfinity;

    // Sizes straddle the groups of 64.
    private static readonly int[] Sizes = [1, 2, 3, 63, 64, 65, 200];

    public static IEnumerable<TheoryDataRow<int, double[]>> Methods =>
    [
        new(Truncation.TopK, [0, 1, 2, 40, 1000]),
        new(Truncation.TopP, [0.05, 0.5, 0.9, 0.999, 1]),
        new(Truncation.MinP, [0.001, 0.1, 0.6, 1]),
        new(Truncation.TopA, [0.01, 0.2, 0.9]),
        new(Truncation.TopNSigma, [0.1, 1, 2.5]),
        new(Truncation.Epsilon, [1e-4, 0.01, 0.3]),
        new(Truncation.Eta, [1e-4, 0.01, 0.3]),
        new(Truncation.Typical, [0.1, 0.5, 0.95, 1]),
        new(Truncation.TailFree, [0.2, 0.8, 0.99, 1]),
        new(Truncation.Xtc, [0.01, 0.1, 0.4]),
        new(Truncation.Surprise, [0.5, 3, 8]),
    ];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Each_keeps_what_its_definition_keeps(int method, double[] amounts)
    {
        foreach (Device device in Devices)
        {
            // Others run the same kernel a thousand times slower.
            bool isFast = device.Kind == DeviceKind.Cpu;
            int seed = 17;
            foreach (int size in isFast ? Sizes : [3, 65])
            {
                foreach (double amount in isFast ? amounts : amounts[1..2])
                    Compare(device, Distribution(size, seed++), new Step(method, amount));
            }
        }
    }

    [Fact]
    public void Chains_narrow_one_after_the_other()
    {
        Step[] all = [.. Methods.Select(row => new Step(row.Data.Item1, row.Data.Item2[1]))];
        foreach (Device device in Devices)
        {
            var random = new Random(4);
            for (int i = 0; i < (device.Kind == DeviceKind.Cpu ? 30 : 1); i++)
                Compare(device, Distribution(120, 100 + i), all[random.Next(all.Length)], all[random.Next(all.Length)], all[random.Next(all.Length)]);
        }
    }

    [Fact]
    public void Broken_and_banned_logits_are_never_kept()
    {
        foreach (Device device in Devices)
        {
            float[] logits = [NaN, -Infinity, 1, NaN, 1.5f, -Infinity, Infinity];
            foreach (TheoryDataRow<int, double[]> row in Methods)
            {
                Assert.DoesNotContain(Kept(device, logits, new Step(row.Data.Item1, row.Data.Item2[1])), token => token is not (2 or 4));
                Assert.Empty(Kept(device, [-Infinity, NaN, -Infinity], new Step(row.Data.Item1, row.Data.Item2[1])));
            }

            Assert.Equal([2, 4], Kept(device, logits));
        }
    }

    [Fact]
    public void Ties_stay_or_go_together()
    {
        foreach (Device device in Devices)
        {
            float[] logits = [1, 2, 2, 2, 0, -1, 3, 0];
            Assert.Equal([1, 2, 3, 6], Kept(device, logits, new Step(Truncation.TopK, 2)));
            Assert.Equal([6], Kept(device, logits, new Step(Truncation.TopK, 1)));
            Assert.Equal([0, 1, 2, 3, 6], Kept(device, logits, new Step(Truncation.TopK, 5)));
            float[] same = [.. Enumerable.Repeat(-4f, 70)];
            foreach (TheoryDataRow<int, double[]> row in Methods)
                Assert.Equal(70, Kept(device, same, new Step(row.Data.Item1, row.Data.Item2[1])).Length);
        }
    }

    [Fact]
    public void Xtc_happens_with_its_probability()
    {
        foreach (Device device in Devices)
        {
            float[] logits = [1, 0.9f, -20, -20];
            int draws = device.Kind == DeviceKind.Cpu ? 2000 : 50;
            int first = DrawMany(device, logits, [new Step(Truncation.Xtc, 0.1, 0.4)], draws, seed: 8).Count(token => token == 0);

            // Without it token 0 has probability 0.525: 0.6 of that is left. Six standard deviations.
            double expected = 0.6 * 0.525 * draws;
            Assert.InRange(first, expected - (6 * Math.Sqrt(expected)), expected + (6 * Math.Sqrt(expected)));
        }
    }

    // A third each: normal deviates; a few values that tie; a peak. Some tokens are banned.
    private static float[] Distribution(int size, int seed)
    {
        var random = new Random(seed);
        double spread = seed % 3 == 2 ? 8 : 2;
        float[] logits = [.. Enumerable.Range(0, size).Select(_ => (float)(spread * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(6.28 * random.NextDouble())))];
        for (int i = 0; i < size; i++)
        {
            if (seed % 3 == 1)
                logits[i] = MathF.Round(logits[i]);
            if (i > 0 && random.Next(9) == 0)
                logits[i] = -Infinity;
        }

        return logits;
    }

    // Rounding may move a threshold across one token: then the definition with an amount a little different says the same.
    private static void Compare(Device device, float[] logits, params Step[] chain)
    {
        int[] found = Kept(device, logits, chain);
        foreach (double off in new[] { 0, -3e-5, 3e-5 })
        {
            double[] all = PlainTruncation.Softmax(logits), p = all;
            foreach (Step step in chain)
                p = PlainTruncation.Apply(p, step.Method, step.Method == Truncation.TopK ? step.Amount : step.Amount * (1 + off));

            // What is less probable than e^-26 beside the best of all is never drawn.
            int[] expected = [.. Enumerable.Range(0, p.Length).Where(i => p[i] > 0 && all[i] >= all.Max() * Math.Exp(-26.1))];
            if (found.SequenceEqual(expected))
                return;
            if (off == 3e-5)
            {
                Assert.Fail($"{string.Join(", ", chain)} of {logits.Length} logits on {device} kept [{string.Join(", ", found)}], not [{string.Join(", ", expected)}]; "
                    + $"without what differs: [{string.Join(", ", found.Except(expected).Concat(expected.Except(found)).Order().Select(i => $"{i}: {logits[i]}"))}]");
            }
        }
    }
}
