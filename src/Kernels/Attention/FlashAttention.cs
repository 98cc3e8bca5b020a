using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Prefill: many queries a sequence.</content>
public static partial class Attention
{
    /// <summary>
    /// Attention of a run of queries on a cache: o = softmax(score(scale q k^T)) v (Dao, "FlashAttention-2", 2023, algorithm 1), for any
    /// number of query heads a key head (Ainslie et al., "GQA", 2023). A query whose keys are all masked gives zeros, unless it has a sink.
    /// NaN in a query, or in a key or value it attends to, makes its output NaN. The result of a query does not depend on which others are
    /// with it, and on the CPU it has the bits that <see cref="FlashDecode"/> and <see cref="CombineSplits"/> give.
    /// <paramref name="o"/> must not be <paramref name="q"/>.
    /// </summary>
    /// <param name="q">Queries at positions start, start + 1, ..., [tokens, heads, headDim].</param>
    /// <param name="k">Keys of the cache's blocks, [slots, kvHeads, headDim]; kvHeads divides heads.</param>
    /// <param name="v">Values, [slots, kvHeads, headDim].</param>
    /// <param name="blocks">Where the sequence's blocks of <see cref="BlockTokens"/> positions are, [blocks].</param>
    /// <param name="o">Output, [tokens, heads, headDim].</param>
    /// <param name="score">What becomes of scores before softmax.</param>
    /// <param name="headDim">Dimensions of a head.</param>
    /// <param name="start">Position of the first query.</param>
    /// <param name="keys">Number of keys of the sequence.</param>
    /// <param name="scale">Factor of the scores, mostly 1 / sqrt(headDim).</param>
    /// <param name="blockQ">Queries a program.</param>
    /// <param name="blockK">Keys taken at a time.</param>
    /// <typeparam name="T">Element type of the cache.</typeparam>
    /// <typeparam name="TScore">The score functor.</typeparam>
    [Kernel(CudaWorkGroup = 128, ApproximateExp = true)]
    [Axis("tokens", 1, 7, 8, 9, 33)]
    [Axis("heads", 6)]
    [Axis("kvHeads", 1, 2, 3, 6)]
    [Axis("keys", 1, 7, 31, 32, 33, 127, 255)]
    [Axis("headDim", 7, 64, 80, 96, 128)]
    [Axis("start", 0, 5, 100)]
    [Axis("slots", 256)]
    [Axis("blocks", 8)]
    [Inputs(nameof(TableInputs))]
    [Reference(nameof(FlashAttentionReference))]
    [Tolerance(typeof(float), 1e-5)]
    [RoundedProducts(typeof(Half), 2e-3)]
    [RoundedProducts(typeof(BFloat16), 1.5e-2)]
    public static void FlashAttention<[Elements(typeof(float), typeof(Half), typeof(BFloat16), typeof(Q8_0))] T, TScore>(
        [Shape("tokens", "heads", "headDim")] View3<float> q,
        [Shape("slots", "kvHeads", "headDim")] View3<T> k,
        [Shape("slots", "kvHeads", "headDim")] View3<T> v,
        [Shape("blocks")] [Range(0, 4)] View1<int> blocks,
        [Shape("tokens", "heads", "headDim")] View3<float> o,
        TScore score,
        [Value("headDim")] [Specialize(64, 128, Cpu = false)] int headDim,
        [Value("start")] int start,
        [Value("keys")] int keys,
        [Value(0.2f)] float scale,
        [Schedule(Cpu = 64, OpenCl = 8, Cuda = 32, CudaMatrices = 64)] int blockQ,
        [Schedule(Cpu = 64, OpenCl = 32)] int blockK)
        where T : unmanaged
        where TScore : struct, IScoreFunctor<TScore>
    {
        int firstQuery = ProgramId(0, CeilDiv(q.Extent0, blockQ)) * blockQ;
        int head = ProgramId(1, q.Extent1);
        int kvHead = head / (q.Extent1 / k.Extent1);
        var queries = Range(firstQuery, blockQ, q.Extent0);
        var d = Range(0, headDim);
        var scaled = q.Load(queries, head, d) * scale;

        // Blocks of keys begin at multiples of their size wherever a query may attend from: so every query meets its keys in the same
        // order.
        int firstKey = Max(TScore.FirstKey(score, start + firstQuery), 0) / blockK * blockK;
        int endKey = Min(TScore.EndKey(score, start + Min(firstQuery + blockQ, q.Extent0) - 1, keys), keys);

        // Of the splits before: top, total and output. Of the keys of the current one: m, l and acc.
        var top = TScore.Sink(score, FullInt(head, queries));
        var total = Where(top > float.NegativeInfinity, 1f, 0f);
        var output = Zeros(queries, d);
        for (int split = firstKey / KeysPerSplit * KeysPerSplit; split < endKey; split += KeysPerSplit)
        {
            int end = Min(split + KeysPerSplit, endKey);
            var m = Full(float.NegativeInfinity, queries);
            var l = Zeros(queries);
            var acc = Zeros(queries, d);
            for (int first = Max(split, firstKey); first < end; first += blockK)
            {
                int slot = (blocks.LoadInt(first / BlockTokens) * BlockTokens) + (first % BlockTokens);
                var slots = Range(slot, blockK, slot + (end - first));
                var s = TScore.Apply(
                    score, Dot(scaled, Transpose(k.Load(slots, kvHead, d))), Col(queries + start), Row(slots + (first - slot)), Col(Range(head, 1)));
                var next = Max(m, Max(s, axis: 1));
                var shift = Where(next == float.NegativeInfinity, 0f, next);
                var p = Exp(s - Col(shift));
                var weights = Sum(p, axis: 1);
                var alpha = Exp(m - shift);
                l = (l * alpha) + weights;
                acc = Dot(p, v.Load(slots, kvHead, d), acc * Col(alpha));
                m = next;
            }

            var largest = Max(top, m);
            var origin = Where(largest == float.NegativeInfinity, 0f, largest);
            var before = Exp(top - origin);
            var added = Exp(m - origin);
            total = (total * before) + (l * added);
            output = (output * Col(before)) + (acc * Col(added));
            top = largest;
        }

        o.Store(queries, head, d, output / Col(Where(total == 0f, 1f, total)));
    }

    private static void FlashAttentionReference(KernelCase c)
    {
        double[] o = c.Output("o"), magnitude = c.Magnitude("o");
        int tokens = c.Extent("q", 0), heads = c.Extent("q", 1), headDim = c.Extent("q", 2);
        int keys = c.Int("keys"), group = heads / c.Extent("k", 1);
        var score = (IScoreReference)c.Functor("score");
        for (int t = 0; t < tokens; t++)
        {
            for (int head = 0; head < heads; head++)
            {
                int row = (t * heads) + head;
                double sink = score.ReferenceSink(head);
                var (_, sum, acc, sizes) = StateReference(c, row, c.Int("start") + t, head, head / group, 0, keys, sink);
                for (int d = 0; d < headDim; d++)
                {
                    o[(row * headDim) + d] = sum == 0 ? 0 : acc[d] / sum;
                    magnitude[(row * headDim) + d] = sum == 0 ? 0 : sizes[d] / sum;
                }
            }
        }
    }
}
