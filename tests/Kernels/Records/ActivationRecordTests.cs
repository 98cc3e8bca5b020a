using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class ActivationRecordTests
{
    [Theory]
    [KernelData(typeof(Activation), nameof(Activation.GatedLinearUnit))]
    public void GatedLinearUnit(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Activation), nameof(Activation.ClampedSwiGlu))]
    public void ClampedSwiGlu(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Activation), nameof(Activation.Activate))]
    public void Activate(KernelTest test) => KernelRunner.Run(test);
}
