using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>The cache of latent attention holds what is key and value at once, once.</summary>
public class LatentCacheTests
{
    private const int Capacity = KvBlockPool.BlockTokens + 8;

    // Without experts, whose choice is a leap where rounding is not.
    private static readonly Definition s_definition = Definitions.All["deepseek2, V2 (groups)"] with
    {
        Experts = Definitions.All["deepseek2, V2 (groups)"].Experts! with { Dense = 3 },
        HeadDim = 64,
        Context = 2 * KvBlockPool.BlockTokens,
        Latent = new Latent(40, 56, 16, 8, 24),
        Metadata = new(Definitions.All["deepseek2, V2 (groups)"].Metadata) { ["attention.kv_lora_rank"] = 56u, ["attention.value_length"] = 56u, ["leading_dense_block_count"] = 3u },
    };

    [Theory]
    [InlineData(CacheElement.Float, 4 * 64, 2e-5)]
    [InlineData(CacheElement.Half, 2 * 64, 3e-3)]
    [InlineData(CacheElement.Q8_0, 2 * 34, 0.1)]
    public void APositionIsHeldOnceAndForksAndGoesBack(CacheElement element, int bytes, double tolerance)
    {
        var drawn = new DrawnModel(s_definition);
        int[] tokens = ArchitectureTests.Tokens(drawn, 30);
        double[][] expected = new ReferenceDecoder(s_definition, drawn).Logits(tokens);
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = LanguageModel.Open(new GgufFile(drawn.Build(), "m"), device, new ModelOptions { Cache = element });
        using KvCache cache = model.Transformer.CreateCache(Capacity);

        // Two blocks hold them.
        Assert.Equal(2L * KvBlockPool.BlockTokens * s_definition.Layers * bytes, cache.ByteLength);
        Assert.Equal(cache.ByteLength, ModelMemory.Of(new GgufFile(drawn.Build(), "m"), model.Configuration, Capacity, new ModelOptions { Cache = element }).Cache);

        View2<float> logits = device.Allocate<float>(10, drawn.Vocabulary);
        model.Transformer.Forward(tokens.AsSpan(0, 20), cache, default);
        using KvCache fork = cache.Fork();
        model.Transformer.Forward([3, 4, 5], cache, default);
        cache.Rollback(20);
        foreach (KvCache each in new[] { cache, fork })
        {
            model.Transformer.Forward(tokens.AsSpan(20), each, logits);
            Assert.InRange(Logits.Error(expected[20..], [.. logits.ToArray().Chunk(drawn.Vocabulary)]), 0, tolerance);
        }
    }
}
