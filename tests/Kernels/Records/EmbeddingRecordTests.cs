using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class EmbeddingRecordTests
{
    [Theory]
    [KernelData(typeof(Embedding), nameof(Embedding.EmbeddingLookup))]
    public void EmbeddingLookup(KernelTest test) => KernelRunner.Run(test);
}
