using KernelFoundry.Inference.Embeddings;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>Embeddings are pooled states of length 1, from encoders and from decoders.</summary>
public class TextEmbedderTests
{
    [Theory]
    [InlineData("bert", EmbeddingPooling.Mean)]
    [InlineData("bert", EmbeddingPooling.First)]
    [InlineData("nomic-bert", EmbeddingPooling.Last)]
    [InlineData("qwen3", EmbeddingPooling.Last)]
    [InlineData("bert", EmbeddingPooling.Max)]
    [InlineData("bert", EmbeddingPooling.MeanSqrtLength)]
    [InlineData("qwen3", EmbeddingPooling.WeightedMean)]
    [InlineData("bert", EmbeddingPooling.MeanSqrtLength | EmbeddingPooling.First | EmbeddingPooling.WeightedMean)]
    public void StatesArePooled(string name, EmbeddingPooling pooling)
    {
        Definition definition = Definitions.All[name];
        var drawn = new DrawnModel(definition);
        int[] tokens = ArchitectureTests.Tokens(drawn, 9);
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = LanguageModel.Open(new GgufFile(drawn.Build(), name), device);
        using var embedder = new TextEmbedder(model, pooling);
        float[] vector = embedder.Embed(tokens);

        using KvCache cache = model.Transformer.CreateCache(tokens.Length);
        View2<float> hidden = device.Allocate<float>(tokens.Length, definition.Embedding);
        model.Transformer.Encode(tokens, cache, hidden);
        float[][] states = [.. hidden.ToArray().Chunk(definition.Embedding)];
        hidden.Memory!.Dispose();
        double n = tokens.Length;
        (EmbeddingPooling Mode, Func<double[], double> Of)[] kinds =
        [
            (EmbeddingPooling.First, column => column[0]), (EmbeddingPooling.Max, column => column.Max()), (EmbeddingPooling.Mean, column => column.Average()),
            (EmbeddingPooling.MeanSqrtLength, column => column.Sum() / Math.Sqrt(n)),
            (EmbeddingPooling.WeightedMean, column => column.Select((x, i) => (i + 1) * x).Sum() / Enumerable.Range(1, column.Length).Sum()), (EmbeddingPooling.Last, column => column[^1]),
        ];
        double[] sum =
        [
            .. kinds.Where(kind => pooling.HasFlag(kind.Mode))
                .SelectMany(kind => Enumerable.Range(0, definition.Embedding).Select(i => kind.Of([.. states.Select(row => (double)row[i])]))),
        ];
        Assert.Equal(sum.Length, embedder.Length);
        double length = Math.Sqrt(sum.Sum(x => x * x));
        Assert.All(vector.Zip(sum), pair => Assert.Equal(pair.Second / length, pair.First, 1e-5));
        Assert.Equal(vector, embedder.Embed(tokens));
    }

    [Fact]
    public void TheFileSaysHowToPool()
    {
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel model = LanguageModel.Open(new GgufFile(new DrawnModel(Definitions.All["bert"]).Build()), device);
        using var embedder = new TextEmbedder(model);
        Assert.Equal(EmbeddingPooling.Mean, embedder.Pooling);
        Assert.Equal(1, embedder.Embed("a text that is longer than what the model can read at once, so that its end is left out").Sum(x => x * x), 1e-5);
    }

    [Fact]
    public void WhatIsNoWayToPoolIsRefused()
    {
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel model = LanguageModel.Open(new GgufFile(new DrawnModel(Definitions.All["bert"]).Build()), device);
        Assert.Throws<ArgumentOutOfRangeException>("pooling", () => new TextEmbedder(model, (EmbeddingPooling)0));
        Assert.Throws<ArgumentOutOfRangeException>("pooling", () => new TextEmbedder(model, EmbeddingPooling.Mean | (EmbeddingPooling)64));
    }

    [Fact]
    public void AnEncoderGivesNoLogitsAndTakesWholeSequences()
    {
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel model = LanguageModel.Open(new GgufFile(new DrawnModel(Definitions.All["bert"]).Build()), device);
        using KvCache cache = model.Transformer.CreateCache(8);
        View2<float> logits = device.Allocate<float>(1, model.Configuration.VocabularySize), states = device.Allocate<float>(1, model.Configuration.EmbeddingLength);
        Assert.Throws<NotSupportedException>(() => model.Transformer.Forward([1], cache, logits));
        model.Transformer.Encode([1], cache, states);
        Assert.Throws<InvalidOperationException>(() => model.Transformer.Encode([1], cache, states));
        Assert.Throws<ArgumentException>("hidden", () => model.Transformer.Encode([1, 2], cache, states));
    }
}
