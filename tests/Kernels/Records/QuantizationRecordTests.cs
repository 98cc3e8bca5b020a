using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class QuantizationRecordTests
{
    [Theory]
    [KernelData(typeof(Quantization), nameof(Quantization.QuantizeQ8))]
    public void QuantizeQ8(KernelTest test) => KernelRunner.Run(test);
}
