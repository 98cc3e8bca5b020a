using KernelFoundry.Inference.Embeddings;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;
using Microsoft.Extensions.AI;

namespace KernelFoundry.Extensions.AI.Tests;

public class EmbeddingGeneratorTests
{
    private static readonly string[] s_texts = ["the ab", "abc the the"];

    [Fact]
    public async Task GivesAVectorATextWithUsage()
    {
        using LanguageModel model = new TinyModel().Open(Device.Reference);
        using var generator = new KernelFoundryEmbeddingGenerator(model, EmbeddingPooling.Last);
        GeneratedEmbeddings<Embedding<float>> vectors = await generator.GenerateAsync(s_texts);

        using var embedder = new TextEmbedder(model, EmbeddingPooling.Last);
        Assert.Equal(s_texts.Select(text => embedder.Embed(text)), vectors.Select(vector => vector.Vector.ToArray()));
        Assert.Equal(s_texts.Sum(text => embedder.Tokens(text).Length), vectors.Usage!.InputTokenCount);
        Assert.Equal(32, ((EmbeddingGeneratorMetadata)generator.GetService(typeof(EmbeddingGeneratorMetadata))!).DefaultModelDimensions);
    }

    [Fact]
    public async Task HonoursDimensionsAndRefusesWhatItDoesNotKnow()
    {
        using LanguageModel model = new TinyModel().Open(Device.Reference);
        using var generator = new KernelFoundryEmbeddingGenerator(model);
        Embedding<float> vector = (await generator.GenerateAsync(s_texts[..1], new EmbeddingGenerationOptions { Dimensions = 8 }))[0];
        Assert.Equal(8, vector.Dimensions);
        Assert.Equal(1, vector.Vector.ToArray().Sum(x => (double)x * x), 1e-6);

        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(s_texts, new EmbeddingGenerationOptions { Dimensions = 64 }));
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(s_texts, new EmbeddingGenerationOptions { ModelId = "other" }));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generator.GenerateAsync(s_texts, cancellationToken: new CancellationToken(canceled: true)));
    }
}
