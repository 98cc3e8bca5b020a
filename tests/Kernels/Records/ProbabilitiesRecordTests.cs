using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class ProbabilitiesRecordTests
{
    [Theory]
    [KernelData(typeof(Probabilities), nameof(Probabilities.Softmax))]
    public void Softmax(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Probabilities), nameof(Probabilities.LogSoftmax))]
    public void LogSoftmax(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Probabilities), nameof(Probabilities.SoftmaxParts))]
    public void SoftmaxParts(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Probabilities), nameof(Probabilities.SoftmaxOfParts))]
    public void SoftmaxOfParts(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Probabilities), nameof(Probabilities.LogSoftmaxOfParts))]
    public void LogSoftmaxOfParts(KernelTest test) => KernelRunner.Run(test);
}
