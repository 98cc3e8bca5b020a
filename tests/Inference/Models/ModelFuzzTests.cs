using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Tests.Models;

/// <summary>Damaged models: each one is refused, or runs, or is found to give no numbers; nothing else may come out.</summary>
public class ModelFuzzTests
{
    [Theory]
    [InlineData(GgmlType.F32)]
    [InlineData(GgmlType.Q4_0)]
    public void DamagedModelsAreRefusedOrRun(GgmlType type) =>
        DamagedModels.AreRefusedOrRun(new TinyModel { Type = type, Tied = false, Layers = 1 }.Build(), 1500, Run);

    private static void Run(ReadOnlyMemory<byte> bytes, Device device)
    {
        using LanguageModel model = LanguageModel.Open(new GgufFile(bytes), device);
        Assert.NotEmpty(new TextGenerator(model).Generate([0], new GenerationOptions { MaxTokens = 3 }).ToArray());
    }
}
