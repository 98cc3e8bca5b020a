using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class SamplingRecordTests
{
    [Theory]
    [KernelData(typeof(Sampling), nameof(Sampling.ArgMax))]
    public void ArgMax(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Sampling), nameof(Sampling.Sample))]
    public void Sample(KernelTest test) => KernelRunner.Run(test);
}
