using KernelFoundry.Inference.Embeddings;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Embeddings;

public class TextEmbedderTests
{
    private static readonly int[] s_tokens = [5, 260, 17, 261, 5, 99, 270, 3];

    [Theory]
    [InlineData(PoolingKind.Mean, 3)]
    [InlineData(PoolingKind.First, 256)]
    [InlineData(PoolingKind.Last, 256)]
    public void Vectors_are_the_pooled_states_before_logits(PoolingKind pooling, int batch)
    {
        // With logits of the identity, a model's logits are its hidden states.
        using Device device = TestDevices.Open("cpu-1");
        TinyModel tiny = Model();
        using LanguageModel model = tiny.Open(device, new ModelOptions { PrefillBatch = batch });
        double[][] states = [.. tiny.Oracle().Logits(s_tokens).Select(row => row[..tiny.Embedding])];
        double[] expected = pooling switch
        {
            PoolingKind.Mean => [.. Enumerable.Range(0, tiny.Embedding).Select(i => states.Average(row => row[i]))],
            PoolingKind.First => states[0],
            _ => states[^1],
        };

        float[] plain = new TextEmbedder(model, new EmbeddingOptions { Pooling = pooling, Normalizes = false }).Embed(s_tokens);
        Assert.InRange(Logits.Error([expected], [plain]), 0, 1e-5);
        float[] normed = new TextEmbedder(model, new EmbeddingOptions { Pooling = pooling, Dimensions = 20 }).Embed(s_tokens);
        double size = Math.Sqrt(expected.Take(20).Sum(x => x * x));
        Assert.InRange(Logits.Error([[.. expected.Take(20).Select(x => x / size)]], [normed]), 0, 1e-5);
    }

    [Theory]
    [InlineData(null, PoolingKind.Last)]
    [InlineData(1u, PoolingKind.Mean)]
    [InlineData(3u, PoolingKind.Last)]
    public void The_file_says_how(uint? type, PoolingKind expected)
    {
        using Device device = TestDevices.Open("cpu-1");
        var tiny = new TinyModel { Metadata = { ["llama.pooling_type"] = type } };
        using LanguageModel model = tiny.Open(device);
        Assert.Equal(expected, new TextEmbedder(model).Pooling);
    }

    [Fact]
    public void What_cannot_be_embedded_is_refused()
    {
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel model = Model().Open(device);
        var embedder = new TextEmbedder(model);
        Assert.Throws<ArgumentException>(() => embedder.Embed(ReadOnlySpan<int>.Empty));
        Assert.Throws<ArgumentException>(() => embedder.Embed(new int[49]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TextEmbedder(model, new EmbeddingOptions { Dimensions = 33 }));
        Assert.Throws<OperationCanceledException>(() => embedder.Embed("a", new CancellationToken(canceled: true)));
    }

    private static TinyModel Model() => new()
    {
        Tied = false,
        Change = tensors =>
        {
            TensorData output = tensors["output.weight"];
            tensors["output.weight"] = TensorData.Encode(output.Type, output.Dimensions,
                [.. Enumerable.Range(0, output.Values.Length).Select(i => i % 32 == i / 32 ? 1f : 0f)]);
        },
    };
}
