using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class AttentionRecordTests
{
    [Theory]
    [KernelData(typeof(Attention), nameof(Attention.FlashAttention))]
    public void FlashAttention(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Attention), nameof(Attention.FlashDecode))]
    public void FlashDecode(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Attention), nameof(Attention.CombineSplits))]
    public void CombineSplits(KernelTest test) => KernelRunner.Run(test);
}
