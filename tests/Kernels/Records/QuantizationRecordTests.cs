using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class QuantizationRecordTests
{
    [Theory]
    [KernelData(typeof(Quantization), nameof(Quantization.EncodeQ8_0Bytes))]
    public void EncodeQ8_0Bytes(KernelTest test) => KernelRunner.Run(test);
}
