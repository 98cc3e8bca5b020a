using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class MixturesRecordTests
{
    [Theory]
    [KernelData(typeof(Mixtures), nameof(Mixtures.CombineExperts))]
    public void CombineExperts(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Mixtures), nameof(Mixtures.AddGated))]
    public void AddGated(KernelTest test) => KernelRunner.Run(test);
}
