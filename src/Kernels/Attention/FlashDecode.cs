using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Decoding: one query a sequence.</content>
public static partial class Attention
{
    /// <summary>
    /// Attention of one query on a cache, the keys cut into splits that run at once (Dao et al., "Flash-Decoding for long-context
    /// inference", 2023). A program takes all query heads of one key head, so every key and value is read once. Each split leaves its
    /// state; <see cref="CombineSplits"/> makes the output of them. The keys from the score functor's FirstKey to its EndKey are cut into
    /// equal splits, the last of which may be shorter or empty: an empty split leaves max -inf and zeros. A sink belongs to split 0. NaN in
    /// a query, or in a key or value it attends to, makes its split's sum or output NaN.
    /// </summary>
    /// <param name="q">The query of each head, [heads, headDim].</param>
    /// <param name="k">Keys from position 0 on, [keys, kvHeads, headDim]; kvHeads divides heads.</param>
    /// <param name="v">Values, [keys, kvHeads, headDim].</param>
    /// <param name="max">Largest score, [splits, heads].</param>
    /// <param name="sum">Sum of exp(score - max), [splits, heads].</param>
    /// <param name="acc">Sum of exp(score - max) times the values, [splits, heads, headDim].</param>
    /// <param name="score">What becomes of scores before softmax.</param>
    /// <param name="headDim">Dimensions of a head.</param>
    /// <param name="position">Position of the query.</param>
    /// <param name="scale">Factor of the scores, mostly 1 / sqrt(headDim).</param>
    /// <param name="blockK">Keys taken at a time.</param>
    /// <typeparam name="T">Element type of the cache.</typeparam>
    /// <typeparam name="TScore">The score functor.</typeparam>
    [Kernel(ApproximateExp = true)]
    [Axis("heads", 6)]
    [Axis("kvHeads", 1, 2, 3, 6)]
    [Axis("keys", 1, 7, 31, 33, 127, 255)]
    [Axis("splits", 1, 2, 7)]
    [Axis("headDim", 7, 64, 80, 96, 128)]
    [Axis("position", 0, 5, 100)]
    [Reference(nameof(FlashDecodeReference))]
    [Tolerance(typeof(float), 1e-5)]
    [RoundedProducts(typeof(Half), 2e-3)]
    [RoundedProducts(typeof(BFloat16), 1.5e-2)]
    public static void FlashDecode<[Elements(typeof(float), typeof(Half), typeof(BFloat16), typeof(Q8_0))] T, TScore>(
        [Shape("heads", "headDim")] View2<float> q,
        [Shape("keys", "kvHeads", "headDim")] View3<T> k,
        [Shape("keys", "kvHeads", "headDim")] View3<T> v,
        [Shape("splits", "heads")] View2<float> max,
        [Shape("splits", "heads")] View2<float> sum,
        [Shape("splits", "heads", "headDim")] View3<float> acc,
        TScore score,
        [Value("headDim")] [Specialize(64, 128, Cpu = false)] int headDim,
        [Value("position")] int position,
        [Value(0.2f)] float scale,
        [Schedule(Cpu = 64, OpenCl = 32)] int blockK)
        where T : unmanaged
        where TScore : struct, IScoreFunctor<TScore>
    {
        int kvHead = ProgramId(0, k.Extent1);
        int split = ProgramId(1, max.Extent0);
        int group = q.Extent0 / k.Extent1;
        var heads = Range(kvHead * group, group, q.Extent0);
        var d = Range(0, headDim);
        var scaled = q.Load(heads, d) * scale;

        int firstKey = Max(TScore.FirstKey(score, position), 0);
        int endKey = Min(TScore.EndKey(score, position, k.Extent0), k.Extent0);
        int share = CeilDiv(Max(endKey - firstKey, 0), max.Extent0);
        int end = Min(firstKey + ((split + 1) * share), endKey);

        var m = split == 0 ? TScore.Sink(score, heads) : Full(float.NegativeInfinity, heads);
        var l = Where(m > float.NegativeInfinity, 1f, 0f);
        var sums = Zeros(heads, d);
        for (int first = firstKey + (split * share); first < end; first += blockK)
        {
            var keys = Range(first, blockK, end);
            var s = TScore.Apply(score, Dot(scaled, Transpose(k.Load(keys, kvHead, d))), Col(Range(position, 1)), Row(keys), Col(heads));
            var next = Max(m, Max(s, axis: 1));
            var shift = Where(next == float.NegativeInfinity, 0f, next);
            var p = Exp(s - Col(shift));
            var alpha = Exp(m - shift);
            l = (l * alpha) + Sum(p, axis: 1);
            sums = Dot(p, v.Load(keys, kvHead, d), sums * Col(alpha));
            m = next;
        }

        max.Store(split, heads, m);
        sum.Store(split, heads, l);
        acc.Store(split, heads, d, sums);
    }

    private static void FlashDecodeReference(KernelCase c)
    {
        double[] max = c.Output("max"), sum = c.Output("sum"), acc = c.Output("acc"), magnitude = c.Magnitude("acc");
        int heads = c.Extent("q", 0), headDim = c.Extent("q", 1), group = heads / c.Extent("k", 1);
        int splits = c.Extent("max", 0), position = c.Int("position");
        var score = (IScoreReference)c.Functor("score");
        var (firstKey, endKey) = score.ReferenceKeys(position, c.Extent("k", 0));
        int share = (Math.Max(endKey - firstKey, 0) + splits - 1) / splits;
        for (int split = 0; split < splits; split++)
        {
            int first = firstKey + (split * share), end = Math.Min(first + share, endKey);
            for (int head = 0; head < heads; head++)
            {
                double sink = split == 0 ? score.ReferenceSink(head) : double.NegativeInfinity;
                int row = (split * heads) + head;
                (max[row], sum[row], double[] values, double[] sizes) =
                    StateReference(c, head, position, head, head / group, first, end, sink);
                values.CopyTo(acc, row * headDim);
                sizes.CopyTo(magnitude, row * headDim);
            }
        }
    }
}
