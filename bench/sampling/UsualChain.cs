using KernelFoundry.Kernels;

namespace KernelFoundry.SamplingBenchmark;

/// <summary>Top-k 40, top-p 0.95 and min-p 0.05, fixed when this is compiled.</summary>
public readonly struct UsualChain : ITruncationChain<UsualChain>
{
    /// <inheritdoc/>
    public static int Count(UsualChain self) => 3;

    /// <inheritdoc/>
    public static int Method(UsualChain self, int index) =>
        Ops.Where(index == 0, Truncation.TopK, Ops.Where(index == 1, Truncation.TopP, Truncation.MinP));

    /// <inheritdoc/>
    public static float Amount(UsualChain self, int index) => Ops.Where(index == 0, 40f, Ops.Where(index == 1, 0.95f, -2.9957323f));
}
