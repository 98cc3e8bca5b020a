namespace KernelFoundry.Inference.Models;

/// <summary>
/// The states that the splits of one query's attention leave. How many splits there are depends on the number of keys alone, so results do
/// not depend on the device's number of threads.
/// </summary>
/// <param name="Max">Largest score, [splits, heads].</param>
/// <param name="Sum">Sum of exp(score - max), [splits, heads].</param>
/// <param name="Acc">Sum of exp(score - max) times the values, [splits, heads, headDim].</param>
internal readonly record struct AttentionSplits(View2<float> Max, View2<float> Sum, View3<float> Acc)
{
    private const int MostSplits = 64;

    // Enough keys that a split is worth starting a program for.
    private const int KeysPerSplit = 64;

    public static AttentionSplits Allocate(Device device, int heads, int headDim) => new(
        device.Allocate<float>(MostSplits, heads),
        device.Allocate<float>(MostSplits, heads),
        device.Allocate<float>(MostSplits, heads, headDim));

    /// <summary>The states used for a number of keys.</summary>
    public AttentionSplits ForKeys(int keys)
    {
        int splits = Math.Clamp((keys + KeysPerSplit - 1) / KeysPerSplit, 1, MostSplits);
        return new AttentionSplits(Max.Slice(0, 0, splits), Sum.Slice(0, 0, splits), Acc.Slice(0, 0, splits));
    }

    public void Free()
    {
        Max.Memory?.Dispose();
        Sum.Memory?.Dispose();
        Acc.Memory?.Dispose();
    }
}
