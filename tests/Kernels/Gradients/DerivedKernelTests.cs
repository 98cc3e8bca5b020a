using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

/// <summary>Derived kernels on every device against finite differences in double precision; and the kernels they are derived from.</summary>
public sealed class DerivedKernelTests
{
    [Theory]
    [KernelData(typeof(DifferentiatedKernels), nameof(DifferentiatedKernels.Elementary))]
    [KernelData(typeof(DifferentiatedKernels), nameof(DifferentiatedKernels.Across))]
    [KernelData(typeof(DifferentiatedKernels), nameof(DifferentiatedKernels.Products))]
    public void Forward(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(DifferentiatedKernels), nameof(DifferentiatedKernels.ElementaryBackward))]
    [KernelData(typeof(DifferentiatedKernels), nameof(DifferentiatedKernels.AcrossBackward))]
    [KernelData(typeof(DifferentiatedKernels), nameof(DifferentiatedKernels.ProductsBackward))]
    public void Backward(KernelTest test) => KernelRunner.Run(test);
}
