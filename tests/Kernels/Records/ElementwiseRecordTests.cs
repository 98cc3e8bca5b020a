using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class ElementwiseRecordTests
{
    [Theory]
    [KernelData(typeof(Elementwise), nameof(Elementwise.ResidualAdd))]
    public void ResidualAdd(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Elementwise), nameof(Elementwise.Copy))]
    public void Copy(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Elementwise), nameof(Elementwise.Fill))]
    public void Fill(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Elementwise), nameof(Elementwise.Scale))]
    public void Scale(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Elementwise), nameof(Elementwise.AddBias))]
    public void AddBias(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Elementwise), nameof(Elementwise.AddScaled))]
    public void AddScaled(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Elementwise), nameof(Elementwise.SoftCap))]
    public void SoftCap(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Elementwise), nameof(Elementwise.ScaleHeads))]
    public void ScaleHeads(KernelTest test) => KernelRunner.Run(test);
}
