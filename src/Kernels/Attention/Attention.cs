namespace KernelFoundry.Kernels;

/// <summary>
/// Attention with online softmax (Milakov and Gimelshein, 2018; Dao et al., "FlashAttention", 2022). The state of a query is (m, l, acc):
/// the largest score so far, the sum of exp(score - m), and the sum of exp(score - m) times the values.
/// </summary>
public static partial class Attention
{
    /// <summary>
    /// Positions of a block of the cache, which lie together in memory. Block tables say where a sequence's blocks are: position p is slot
    /// table[p / BlockTokens] * BlockTokens + p % BlockTokens (Kwon et al., "Efficient memory management for large language model serving with
    /// PagedAttention", 2023, section 4.1).
    /// </summary>
    public const int BlockTokens = 64;

    /// <summary>
    /// Keys whose state is computed apart, from a multiple of this number on: states are then merged in the order of their keys. Prefill and decoding cut
    /// keys in the same places, so that a query's result does not depend on which of the two computed it.
    /// </summary>
    public const int KeysPerSplit = 128;

    /// <summary>
    /// The state of one query after keys [first, end), starting from a sink's score (-inf for none), by the definition, and the sum of the
    /// sizes of what acc adds up.
    /// </summary>
    private static (double Max, double Sum, double[] Acc, double[] Magnitude) StateReference(
        KernelCase c, int queryRow, int query, int head, int kvHead, int first, int end, double sink, int table = 0)
    {
        double[] q = c.Values("q"), k = c.Values("k"), v = c.Values("v"), blocks = c.Values("blocks");
        int Slot(int position) => ((int)blocks[table + (position / BlockTokens)] * BlockTokens) + (position % BlockTokens);
        int kvHeads = c.Extent("k", 1), headDim = c.Extent("k", 2);
        var score = (IScoreReference)c.Functor("score");
        var scores = new double[Math.Max(0, end - first)];
        double max = sink;
        for (int s = 0; s < scores.Length; s++)
        {
            double dot = 0;
            for (int d = 0; d < headDim; d++)
                dot += q[(queryRow * headDim) + d] * k[(((Slot(first + s) * kvHeads) + kvHead) * headDim) + d];
            scores[s] = score.Reference(dot * c.Scalar("scale"), query, first + s, head);
            max = Math.Max(max, scores[s]);
        }

        var acc = new double[headDim];
        var magnitude = new double[headDim];
        if (double.IsNegativeInfinity(max))
            return (max, 0, acc, magnitude);
        double sum = Math.Exp(sink - max);
        for (int s = 0; s < scores.Length; s++)
        {
            double p = Math.Exp(scores[s] - max);
            sum += p;
            for (int d = 0; d < headDim; d++)
            {
                double value = p * v[(((Slot(first + s) * kvHeads) + kvHead) * headDim) + d];
                acc[d] += value;
                magnitude[d] += Math.Abs(value);
            }
        }

        return (max, sum, acc, magnitude);
    }

    // A sequence's table names every block there is, in an order of its own; of several queries the last, and one alone, is the last that its table has room for, as a
    // measurement wants it.
    private static void TableInputs(KernelCase c)
    {
        double[] blocks = c.Values("blocks");
        int there = c.Axis("slots") / BlockTokens, length = c.Axis("blocks");
        for (int first = 0; first < blocks.Length; first += length)
        {
            double shift = blocks[first];
            for (int i = 0; i < length; i++)
                blocks[first + i] = ((3 * i) + shift) % there;
        }

        if (!c.Has("positions"))
            return;
        double[] positions = c.Values("positions");
        positions[^1] = (length * BlockTokens) - 1 - (positions[^1] % BlockTokens);
    }
}
