using KernelFoundry.Kernels;
using KernelFoundry.Testing;

namespace KernelFoundry.UserFormat.Tests;

/// <summary>A quantization format of a user's own project in the library's kernels, on every device.</summary>
public sealed class Q3OffsetTests
{
    static Q3OffsetTests()
    {
        FunctorSamples.Add(sample => new BiasEpilogue(sample.View1<float>("rows")));
        FunctorSamples.Add(sample => new ResidualEpilogue(sample.View2<float>("tokens", "rows")));
        FunctorSamples.Add(sample => new SiluGateEpilogue(sample.View2<float>("tokens", "rows")));
        FunctorSamples.Add(sample => new AddResidual(sample.View2<float>("tokens", "rows")));
        FunctorSamples.Add(sample => new NormInput(sample.View1<float>("cols"), 1e-5f));
        FunctorSamples.Add(sample => new GateInputAddResidual(sample.View2<float>("tokens", "cols"), sample.View2<float>("tokens", "rows")));
    }

    [Theory]
    [KernelData(typeof(Embedding), nameof(Embedding.EmbeddingLookup), TypeArgument = typeof(Q3Offset))]
    public void EmbeddingLookup(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Linear), nameof(Linear.MatVec), TypeArgument = typeof(Q3Offset))]
    public void MatVec(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Linear), nameof(Linear.MatMul), TypeArgument = typeof(Q3Offset))]
    public void MatMul(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Linear), nameof(Linear.MatMulInt8), TypeArgument = typeof(Q3Offset))]
    public void MatMulInt8(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Linear), nameof(Linear.MatVecInt8), TypeArgument = typeof(Q3Offset))]
    public void MatVecInt8(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [DeviceData]
    public void A_block_decodes_as_written(Device device)
    {
        // Scales 1 and 2, offset -3; element i has code i % 8.
        var block = new byte[Q3Offset.BlockBytes];
        BitConverter.TryWriteBytes(block.AsSpan(0), (Half)1);
        BitConverter.TryWriteBytes(block.AsSpan(2), (Half)2);
        BitConverter.TryWriteBytes(block.AsSpan(4), (Half)(-3));
        for (int i = 0; i < 32; i++)
            block[6 + (i / 2)] |= (byte)(i % 8 << (i % 2 * 4));
        View2<Q3Offset> table = device.Allocate<Q3Offset>(1, 32);
        table.CopyBytesFrom(block);
        View2<float> y = device.Allocate<float>(1, 32);
        Embedding.EmbeddingLookup(device, device.Upload<int>([0]), table, y, 1f);
        Assert.Equal([.. Enumerable.Range(0, 32).Select(i => (i < 16 ? 1f : 2f) * (i % 8) - 3)], y.ToArray());
    }
}
