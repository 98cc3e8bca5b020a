using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class PackedAttentionRecordTests
{
    [Theory]
    [KernelData(typeof(Attention), nameof(Attention.PackedAttention))]
    public void Forward(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Attention), nameof(Attention.PackedAttentionDelta))]
    [KernelData(typeof(Attention), nameof(Attention.PackedAttentionBackwardQ))]
    [KernelData(typeof(Attention), nameof(Attention.PackedAttentionBackwardKv))]
    public void Backward(KernelTest test) => KernelRunner.Run(test);
}
