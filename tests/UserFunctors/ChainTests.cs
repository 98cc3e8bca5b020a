using KernelFoundry.Kernels;
using KernelFoundry.Testing;

namespace KernelFoundry.UserFunctors.Tests;

/// <summary>Chains of truncations that a user's own project fixes when it is compiled, fused into the library's sampler.</summary>
public sealed class ChainTests
{
    private const int Vocabulary = 1000, Draws = 200;

    /// <summary>The devices but the emulated GPU, which takes seconds a draw.</summary>
    public static TheoryData<Device> Devices => [.. TestDevices.All.Where(device => device.Kind != DeviceKind.Cuda)];

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_fixed_chain_draws_what_the_same_at_run_time_draws(Device device)
    {
        var program = new ChainProgram(
            device.Upload<int>([Truncation.TopK, Truncation.TopP, Truncation.MinP, 0]), device.Upload<float>([UsualChain.K, 0, UsualChain.P, 0, UsualChain.LogLeast, 0, 0, 0]), 3);
        int[] expected = Draw(device, program);
        Assert.Equal(expected, Draw(device, default(UsualChain)));
        Assert.InRange(expected.Distinct().Count(), 3, UsualChain.K);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_truncation_of_ones_own_draws_what_it_keeps(Device device)
    {
        float[] logits = Logits();
        int[] drawn = Draw(device, new ShareOfLargest(-0.1f));
        Assert.All(drawn, token => Assert.True(logits[token] >= logits.Max() - 0.1f));
        Assert.Equal(logits.Count(x => x >= logits.Max() - 0.1f), drawn.Distinct().Count());
    }

    private static int[] Draw<TChain>(Device device, TChain chain)
        where TChain : struct, ITruncationChain<TChain>
    {
        View1<float> logits = device.Upload<float>(Logits());
        using var workspace = new SamplingWorkspace(device, Vocabulary);
        var tokens = new int[Draws];
        for (uint step = 0; step < Draws; step++)
        {
            workspace.Draw(logits, new TemperatureProcessor(1), chain, 7, step);
            workspace.Read(tokens.AsSpan((int)step, 1));
        }

        logits.Memory!.Dispose();
        return tokens;
    }

    private static float[] Logits()
    {
        var random = new Random(4);
        return [.. Enumerable.Range(0, Vocabulary).Select(_ => (float)random.NextDouble() * 6)];
    }
}
