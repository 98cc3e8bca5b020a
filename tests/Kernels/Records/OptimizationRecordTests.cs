using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class OptimizationRecordTests
{
    [Theory]
    [KernelData(typeof(Optimization), nameof(Optimization.AdamW))]
    public void AdamW(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Optimization), nameof(Optimization.SquareSums))]
    public void SquareSums(KernelTest test) => KernelRunner.Run(test);
}
