using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class LinearRecordTests
{
    [Theory]
    [KernelData(typeof(Linear), nameof(Linear.MatVec))]
    public void MatVec(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Linear), nameof(Linear.MatMul))]
    public void MatMul(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Linear), nameof(Linear.MatMulHalf))]
    public void MatMulHalf(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Linear), nameof(Linear.MatMulInt8))]
    public void MatMulInt8(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Linear), nameof(Linear.MatVecInt8))]
    public void MatVecInt8(KernelTest test) => KernelRunner.Run(test);
}
