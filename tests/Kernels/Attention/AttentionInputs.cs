namespace KernelFoundry.Kernels.Tests;

/// <summary>Random queries and a cache on a device.</summary>
internal sealed class AttentionInputs : IDisposable
{
    private readonly Device device;
    private readonly Random random = new(7);

    public AttentionInputs(Device device, int tokens, int heads, int kvHeads, int keys, int headDim)
    {
        this.device = device;
        Q = Upload(tokens, heads, headDim);
        K = Upload(keys, kvHeads, headDim);
        V = Upload(keys, kvHeads, headDim);
        O = device.Allocate<float>(tokens, heads, headDim);
        DecodedO = device.Allocate<float>(heads, headDim);
    }

    public View3<float> Q { get; }

    public View3<float> K { get; }

    public View3<float> V { get; }

    public View3<float> O { get; }

    public View2<float> DecodedO { get; }

    /// <summary>Decodes the first query into <see cref="DecodedO"/>.</summary>
    public void Decode<TScore>(TScore score, int position, int splits)
        where TScore : struct, IScoreFunctor<TScore>
    {
        int heads = Q.Extent1, headDim = Q.Extent2;
        View2<float> max = device.Allocate<float>(splits, heads), sum = device.Allocate<float>(splits, heads);
        View3<float> acc = device.Allocate<float>(splits, heads, headDim);
        View2<float> q = Q.Slice(0, 0, 1).Reshape(heads, headDim);
        Attention.FlashDecode(device, q, K, V, max, sum, acc, score, headDim, position, headDim == 64 ? 0.125f : 0.11f);
        Attention.CombineSplits(device, max, sum, acc, DecodedO);
        device.Synchronize();
        max.Memory!.Dispose();
        sum.Memory!.Dispose();
        acc.Memory!.Dispose();
    }

    public void Dispose()
    {
        foreach (DeviceMemory? memory in new[] { Q.Memory, K.Memory, V.Memory, O.Memory, DecodedO.Memory })
            memory!.Dispose();
    }

    private View3<float> Upload(int a, int b, int c)
    {
        float[] values = [.. Enumerable.Range(0, a * b * c).Select(_ => (random.NextSingle() * 2) - 1)];
        return device.Upload<float>(values, a, b, c);
    }
}
