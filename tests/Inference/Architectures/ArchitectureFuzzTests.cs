using KernelFoundry.Inference.Embeddings;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;

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
    public void DamagedModelsAreRefusedOrRun(string name) =>
        DamagedModels.AreRefusedOrRun(new DrawnModel(Definitions.All[name] with { Context = 64 }).Build(), 300, Run);

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
