using KernelFoundry.Kernels;
using KernelFoundry.Testing;

namespace KernelFoundry.UserFunctors.Tests;

/// <summary>A mask of a user's own project, fused into the library's attention kernels, on every device.</summary>
public sealed class DocumentScoreTests
{
    // As many as the tables of the records have room for.
    private const int Positions = 16 * Attention.BlockTokens;

    static DocumentScoreTests() => FunctorSamples.Add(sample => new DocumentScore(sample.View1<int>(Positions, low: 0, high: 3), 0.05f));

    [Theory]
    [KernelData(typeof(Attention), nameof(Attention.FlashAttention), TypeArgument = typeof(DocumentScore))]
    public void Prefill(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Attention), nameof(Attention.FlashDecode), TypeArgument = typeof(DocumentScore))]
    public void Decode(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [DeviceData]
    public void A_document_sees_nothing_of_another(Device device)
    {
        // Two documents of four positions each; the values of the first are 1, those of the second 2.
        View1<int> document = device.Upload<int>([0, 0, 0, 0, 1, 1, 1, 1]);
        View3<float> q = device.Allocate<float>(8, 1, 2), o = device.Allocate<float>(8, 1, 2);
        Half[] values = [.. Enumerable.Range(0, 16).Select(i => (Half)(i < 8 ? 1 : 2))];
        View3<Half> k = device.Allocate<Half>(8, 1, 2), v = device.Upload<Half>(values, 8, 1, 2);
        View1<int> blocks = device.Upload<int>([0]);
        Attention.FlashAttention(device, q, k, v, blocks, o, new DocumentScore(document, 0.1f), 2, start: 0, keys: 8, scale: 1f);

        // Devices with instructions on matrices round the weights, which then do not quite come to 1; a key of the other document would be off by far more.
        bool isRounded = device.Info.Features.HasFlag(DeviceFeatures.MatrixInstructions);
        float[] found = o.ToArray();
        for (int i = 0; i < found.Length; i++)
            Assert.Equal(i < 8 ? 1f : 2f, found[i], isRounded ? 1e-3f : 0f);
    }
}
