using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Formats;

namespace KernelFoundry.Inference.Tests.Models;

/// <summary>Damaged models: each one is refused, or runs, or is found to give no numbers; nothing else may come out.</summary>
public class ModelFuzzTests
{
    [Theory]
    [InlineData(GgmlType.F32)]
    [InlineData(GgmlType.Q4_0)]
    public void DamagedModelsAreRefusedOrRun(GgmlType type)
    {
        byte[] original = new TinyModel { Type = type, Tied = false, Layers = 1 }.Build();
        int head;
        using (var file = new GgufFile(original))
            head = (int)file.Tensors.DataStart;

        int seed = RandomSeed.Next();
        var random = new Random(seed);
        var mutator = new GgufMutator(original, head);
        using Device device = TestDevices.Open("cpu-1");
        int ran = 0;
        for (int i = 0; i < 1500; i++)
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
        Assert.NotEmpty(new TextGenerator(model).Generate([0], new GenerationOptions { MaxTokens = 3 }).ToArray());
    }
}
