using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Decoding: one query a sequence.</content>
public static partial class Attention
{
    /// <summary>
    /// Attention of one query each of several sequences on a cache, the keys cut into splits that run at once (Dao et al., "Flash-Decoding for
    /// long-context inference", 2023). A program takes all query heads of one key head, so every key and value is read once; programs follow one head. Each split leaves
    /// its state, without the sink; <see cref="CombineSplits"/> makes the output of them. A query's splits begin with the one its first key is in, and
    /// are cut at multiples of <see cref="KeysPerSplit"/> keys whatever the sequence's length: a split without keys leaves max -inf and zeros. NaN in
    /// a query, or in a key or value it attends to, makes its split's sum or output NaN.
    /// </summary>
    /// <param name="q">The query of each head, [sequences, heads, headDim].</param>
    /// <param name="k">Keys of the cache's blocks, [slots, kvHeads, headDim]; kvHeads divides heads.</param>
    /// <param name="v">Values, [slots, kvHeads, headDim].</param>
    /// <param name="blocks">Where the sequences' blocks of <see cref="BlockTokens"/> positions are, [sequences, blocks].</param>
    /// <param name="positions">Position of each query, the last of its sequence, [sequences].</param>
    /// <param name="max">Largest score, [sequences, splits, heads].</param>
    /// <param name="sum">Sum of exp(score - max), [sequences, splits, heads].</param>
    /// <param name="acc">Sum of exp(score - max) times the values, [sequences, splits, heads, headDim].</param>
    /// <param name="score">What becomes of scores before softmax.</param>
    /// <param name="headDim">Dimensions of a head.</param>
    /// <param name="scale">Factor of the scores, mostly 1 / sqrt(headDim).</param>
    /// <param name="blockK">Keys taken at a time; it divides <see cref="BlockTokens"/>.</param>
    /// <typeparam name="T">Element type of the cache.</typeparam>
    /// <typeparam name="TScore">The score functor.</typeparam>
    [Kernel(ApproximateExp = true)]
    [Axis("sequences", 1, 3)]
    [Axis("heads", 6)]
    [Axis("kvHeads", 1, 2, 3, 6)]
    [Axis("slots", 256)]
    [Axis("blocks", 5)]
    [Axis("splits", 3, 4)]
    [Axis("headDim", 7, 64, 80, 96, 128)]
    [Inputs(nameof(TableInputs))]
    [Reference(nameof(FlashDecodeReference))]
    [Tolerance(typeof(float), 1e-5)]
    [RoundedProducts(typeof(Half), 2e-3)]
    [RoundedProducts(typeof(BFloat16), 1.5e-2)]
    public static void FlashDecode<[Elements(typeof(float), typeof(Half), typeof(BFloat16), typeof(Q8_0))] T,
        [Functors(typeof(FullScore), typeof(CausalScore), typeof(SlidingWindowScore), typeof(SoftCapScore), typeof(AlibiScore), typeof(SinkScore))] TScore>(
        [Shape("sequences", "heads", "headDim")] View3<float> q,
        [Shape("slots", "kvHeads", "headDim")] View3<T> k,
        [Shape("slots", "kvHeads", "headDim")] View3<T> v,
        [Shape("sequences", "blocks")] [Range(0, 4)] View2<int> blocks,
        [Shape("sequences")] [Range(0, 300)] View1<int> positions,
        [Shape("sequences", "splits", "heads")] View3<float> max,
        [Shape("sequences", "splits", "heads")] View3<float> sum,
        [Shape("sequences", "splits", "heads", "headDim")] View4<float> acc,
        TScore score,
        [Value("headDim")] [Specialize(64, 128, Cpu = false)] int headDim,
        [Value(0.2f)] float scale,
        [Schedule(Cpu = 64, OpenCl = 32)] int blockK)
        where T : unmanaged
        where TScore : struct, IScoreFunctor<TScore>
    {
        int split = ProgramId(0, max.Extent1);
        int kvHead = ProgramId(1, k.Extent1);
        int sequence = ProgramId(2, q.Extent0);
        int group = q.Extent1 / k.Extent1;
        int position = positions.LoadInt(sequence);
        var heads = Range(kvHead * group, group, q.Extent1);
        var d = Range(0, headDim);
        var scaled = q.Load(sequence, heads, d) * scale;

        int firstKey = Max(TScore.FirstKey(score, position), 0) / blockK * blockK;
        int endKey = Min(TScore.EndKey(score, position, position + 1), position + 1);
        int start = ((firstKey / KeysPerSplit) + split) * KeysPerSplit;
        int end = Min(start + KeysPerSplit, endKey);

        var m = Full(float.NegativeInfinity, heads);
        var l = Zeros(heads);
        var sums = Zeros(heads, d);
        for (int first = Max(start, firstKey); first < end; first += blockK)
        {
            int slot = (blocks.LoadInt(sequence, first / BlockTokens) * BlockTokens) + (first % BlockTokens);
            var slots = Range(slot, blockK, slot + end - first);
            var s = TScore.Apply(
                score, Dot(scaled, Transpose(k.Load(slots, kvHead, d))), Col(Range(position, 1)), Row(slots + (first - slot)), Col(heads));
            var next = Max(m, Max(s, axis: 1));
            var shift = Where(next == float.NegativeInfinity, 0f, next);
            var p = Exp(s - Col(shift));
            var weights = Sum(p, axis: 1);
            var alpha = Exp(m - shift);
            l = (l * alpha) + weights;
            sums = Dot(p, v.Load(slots, kvHead, d), sums * Col(alpha));
            m = next;
        }

        max.Store(sequence, split, heads, m);
        sum.Store(sequence, split, heads, l);
        acc.Store(sequence, split, heads, d, sums);
    }

    private static void FlashDecodeReference(KernelCase c)
    {
        double[] max = c.Output("max"), sum = c.Output("sum"), acc = c.Output("acc"), magnitude = c.Magnitude("acc"), positions = c.Values("positions");
        int heads = c.Extent("q", 1), headDim = c.Extent("q", 2), group = heads / c.Extent("k", 1), splits = c.Extent("max", 1), blocks = c.Extent("blocks", 1);
        var score = (IScoreReference)c.Functor("score");
        for (int sequence = 0; sequence < positions.Length; sequence++)
        {
            int position = (int)positions[sequence];
            var (firstKey, endKey) = score.ReferenceKeys(position, position + 1);
            for (int split = 0; split < splits; split++)
            {
                int start = ((firstKey / KeysPerSplit) + split) * KeysPerSplit;
                int first = Math.Max(start, firstKey), end = Math.Min(start + KeysPerSplit, endKey);
                for (int head = 0; head < heads; head++)
                {
                    int row = (((sequence * splits) + split) * heads) + head;
                    (max[row], sum[row], double[] values, double[] sizes) = StateReference(
                        c, (sequence * heads) + head, position, head, head / group, first, end, double.NegativeInfinity, sequence * blocks);
                    values.CopyTo(acc, row * headDim);
                    sizes.CopyTo(magnitude, row * headDim);
                }
            }
        }
    }
}
