using KernelFoundry.Inference.Embeddings;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Formats;

namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>Damaged models of what other tests of damage have not: experts, latent attention, encoders, joined tensors. Each is refused, or runs.</summary>
public class ArchitectureFuzzTests
{
    [Theory]
    [InlineData("qwen2moe")]
    [InlineData("gpt-oss")]
    [InlineData("deepseek2, V3")]
    [InlineData("phi3, LongRoPE beyond")]
    [InlineData("gpt2")]
    [InlineData("nomic-bert")]
    public void DamagedModelsAreRefusedOrRun(string name)
    {
        byte[] original = new DrawnModel(Definitions.All[name] with { Context = 64 }).Build();
        int head;
        using (var file = new GgufFile(original))
            head = (int)file.Tensors.DataStart;

        int seed = RandomSeed.Next();
        var random = new Random(seed);
        var mutator = new GgufMutator(original, head);
        using Device device = TestDevices.Open("cpu-1");
        int ran = 0;
        for (int i = 0; i < 300; i++)
        {
            var (bytes, description) = mutator.Next(random);
            Exception? error = Record.Exception(() => Run(bytes, device));
            Assert.True(error is null or InvalidModelException, $"KF_FUZZ_SEED={seed}, mutation {i}:{description}\n{error}");
            ran += error is null ? 1 : 0;
        }

        Assert.True(ran > 0, $"KF_FUZZ_SEED={seed}: no damaged model ran, so nothing of running was tested.");
    }

    private static void Run(ReadOnlyMemory<byte> bytes, Device device)
    {
        using LanguageModel model = LanguageModel.Open(new GgufFile(bytes), device);
        if (model.Configuration.Architecture.Attention == AttentionKind.Bidirectional)
        {
            using var embedder = new TextEmbedder(model);
            embedder.Embed(new[] { 0, 1, 2 }.AsSpan(0, Math.Min(3, model.Configuration.ContextLength)));
            return;
        }

        Assert.NotEmpty(new TextGenerator(model).Generate([0], new GenerationOptions { MaxTokens = 3 }).ToArray());
    }
}
