using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class NormalizationRecordTests
{
    [Theory]
    [KernelData(typeof(Normalization), nameof(Normalization.RmsNorm))]
    public void RmsNorm(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Normalization), nameof(Normalization.LayerNorm))]
    public void LayerNorm(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Normalization), nameof(Normalization.RmsNormHeads))]
    public void RmsNormHeads(KernelTest test) => KernelRunner.Run(test);
}
