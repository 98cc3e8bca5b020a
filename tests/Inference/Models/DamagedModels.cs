using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tests.Formats;

namespace KernelFoundry.Inference.Tests.Models;

/// <summary>Damages a model's file in many ways: each damaged one is refused, or does what it is asked; nothing else may come out.</summary>
internal static class DamagedModels
{
    /// <param name="original">The file.</param>
    /// <param name="count">How many damaged ones.</param>
    /// <param name="run">Opens one and uses it.</param>
    public static void AreRefusedOrRun(byte[] original, int count, Action<ReadOnlyMemory<byte>, Device> run)
    {
        int head;
        using (var file = new GgufFile(original))
            head = (int)file.Tensors.DataStart;

        int seed = RandomSeed.Next();
        var random = new Random(seed);
        var mutator = new GgufMutator(original, head);
        using Device device = TestDevices.Open("cpu-1");
        int ran = 0;
        for (int i = 0; i < count; i++)
        {
            var (bytes, description) = mutator.Next(random);
            Exception? error = Record.Exception(() => run(bytes, device));
            Assert.True(error is null or InvalidModelException, $"KF_FUZZ_SEED={seed}, mutation {i}:{description}\n{error}");
            ran += error is null ? 1 : 0;
        }

        Assert.True(ran > 0, $"KF_FUZZ_SEED={seed}: no damaged model ran, so nothing of running was tested.");
    }
}
