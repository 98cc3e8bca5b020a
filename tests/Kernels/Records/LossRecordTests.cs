using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class LossRecordTests
{
    [Theory]
    [KernelData(typeof(Loss), nameof(Loss.CrossEntropy))]
    [KernelData(typeof(Loss), nameof(Loss.CrossEntropyBackward))]
    public void Plain(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Loss), nameof(Loss.CutCrossEntropy))]
    [KernelData(typeof(Loss), nameof(Loss.CutCrossEntropyBackwardX))]
    [KernelData(typeof(Loss), nameof(Loss.CutCrossEntropyBackwardW))]
    public void Cut(KernelTest test) => KernelRunner.Run(test);
}
