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
        int count = (keys + Attention.BlockTokens - 1) / Attention.BlockTokens;
        Keys = keys;
        K = Upload(count * Attention.BlockTokens, kvHeads, headDim);
        V = Upload(count * Attention.BlockTokens, kvHeads, headDim);

        // Blocks lie in memory in the order of nothing.
        int[] blocks = [.. Enumerable.Range(0, count)];
        random.Shuffle(blocks);
        Blocks = device.Upload<int>(blocks);
        O = device.Allocate<float>(tokens, heads, headDim);
        DecodedO = device.Allocate<float>(1, heads, headDim);
    }

    public View3<float> Q { get; }

    public View3<float> K { get; }

    public View3<float> V { get; }

    public View3<float> O { get; }

    public View3<float> DecodedO { get; }

    public int Keys { get; }

    /// <summary>Where the blocks are, [blocks].</summary>
    public View1<int> Blocks { get; }

    /// <summary>Where a position is.</summary>
    public int Slot(int position) => (Blocks.ToArray()[position / Attention.BlockTokens] * Attention.BlockTokens) + (position % Attention.BlockTokens);

    /// <summary>Attention of queries from a position on.</summary>
    public void Prefill<TScore>(View3<float> q, View3<float> o, TScore score, int start, float scale)
        where TScore : struct, IScoreFunctor<TScore> =>
        Attention.FlashAttention(device, q, K, V, Blocks, o, score, q.Extent2, start, Keys, scale);

    /// <summary>Decodes the first query into <see cref="DecodedO"/>.</summary>
    public void Decode<TScore>(TScore score, int position, int unused = 0)
        where TScore : struct, IScoreFunctor<TScore>
    {
        int heads = Q.Extent1, headDim = Q.Extent2, splits = (position / Attention.KeysPerSplit) + 1 + unused;
        View3<float> max = device.Allocate<float>(1, splits, heads), sum = device.Allocate<float>(1, splits, heads);
        View4<float> acc = device.Allocate<float>(1, splits, heads, headDim);
        View1<int> positions = device.Upload<int>([position]);
        View3<float> q = Q.Slice(0, 0, 1);
        Attention.FlashDecode(device, q, K, V, Blocks.Reshape(1, Blocks.Extent0), positions, max, sum, acc, score, headDim, headDim == 64 ? 0.125f : 0.11f);
        Attention.CombineSplits(device, max, sum, acc, positions, DecodedO, score);
        device.Synchronize();
        foreach (DeviceMemory? memory in new[] { max.Memory, sum.Memory, acc.Memory, positions.Memory })
            memory!.Dispose();
    }

    public void Dispose()
    {
        foreach (DeviceMemory? memory in new[] { Q.Memory, K.Memory, V.Memory, O.Memory, DecodedO.Memory, Blocks.Memory })
            memory!.Dispose();
    }

    private View3<float> Upload(int a, int b, int c)
    {
        float[] values = [.. Enumerable.Range(0, a * b * c).Select(_ => (random.NextSingle() * 2) - 1)];
        return device.Upload<float>(values, a, b, c);
    }
}
