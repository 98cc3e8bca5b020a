using KernelFoundry.Kernels;
using KernelFoundry.Testing;

namespace KernelFoundry.Ilgpu.Tests;

/// <summary>Every kernel of the library as group code, run by the emulator: the very methods that ILGPU would compile.</summary>
public sealed class EmulatedRecordTests
{
    [Theory]
    [EmulatedKernelData(typeof(Kernels.Activation))]
    public void Activation(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [EmulatedKernelData(typeof(Kernels.Attention))]
    public void Attention(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [EmulatedKernelData(typeof(Kernels.Elementwise))]
    public void Elementwise(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [EmulatedKernelData(typeof(Kernels.Embedding))]
    public void Embedding(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [EmulatedKernelData(typeof(Kernels.Linear))]
    public void Linear(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [EmulatedKernelData(typeof(Kernels.Normalization))]
    public void Normalization(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [EmulatedKernelData(typeof(Kernels.Positions))]
    public void Positions(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [EmulatedKernelData(typeof(Kernels.Probabilities))]
    public void Probabilities(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [EmulatedKernelData(typeof(Kernels.Quantization))]
    public void Quantization(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [EmulatedKernelData(typeof(Kernels.Sampling))]
    public void Sampling(KernelTest test) => KernelRunner.Run(test);
}
