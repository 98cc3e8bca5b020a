using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class SamplingRecordTests
{
    [Theory]
    [KernelData(typeof(Sampling), nameof(Sampling.ArgMax))]
    public void ArgMax(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Sampling), nameof(Sampling.Screen))]
    public void Screen(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Sampling), nameof(Sampling.Cut))]
    public void Cut(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Sampling), nameof(Sampling.EditLogits))]
    public void EditLogits(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Sampling), nameof(Sampling.Process))]
    public void Process(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Sampling), nameof(Sampling.Measure))]
    public void Measure(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Sampling), nameof(Sampling.Select))]
    public void Select(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Sampling), nameof(Sampling.Collect))]
    public void Collect(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Sampling), nameof(Sampling.Weigh))]
    public void Weigh(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Sampling), nameof(Sampling.CutTail))]
    public void CutTail(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Sampling), nameof(Sampling.Choose))]
    public void Choose(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Sampling), nameof(Sampling.ArgMaxParts))]
    public void ArgMaxParts(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Sampling), nameof(Sampling.ArgMaxOfParts))]
    public void ArgMaxOfParts(KernelTest test) => KernelRunner.Run(test);
}
