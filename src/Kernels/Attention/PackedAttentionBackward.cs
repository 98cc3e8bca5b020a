using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>
/// The gradient of attention, with probabilities computed anew (Dao, "FlashAttention-2", 2023, algorithm 2): once for queries and once for keys and values,
/// so that every program owns what it adds to.
/// </content>
public static partial class Attention
{
    /// <summary>
    /// What every probability's gradient has less: delta = sum over d of dO[t, head, d] o[t, head, d] (Dao, 2023, section 3.1.2).
    /// </summary>
    /// <param name="o">Output of the attention, [tokens, heads, headDim].</param>
    /// <param name="dO">Its gradient, [tokens, heads, headDim].</param>
    /// <param name="delta">Written, [heads, tokens].</param>
    [Kernel]
    [Axis("tokens", 1, 7, 33)]
    [Axis("heads", 1, 6)]
    [Axis("headDim", 7, 32, 64, 80)]
    [Reference(nameof(PackedAttentionDeltaReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void PackedAttentionDelta(
        [Shape("tokens", "heads", "headDim")] View3<float> o,
        [Shape("tokens", "heads", "headDim")] View3<float> dO,
        [Shape("heads", "tokens")] View2<float> delta)
    {
        int token = ProgramId(0, o.Extent0);
        var heads = Range(0, o.Extent1);
        var d = Range(0, o.Extent2);
        delta.Store(heads, token, Sum(o.Load(token, heads, d) * dO.Load(token, heads, d), axis: 1));
    }

    /// <summary>
    /// The gradient of <see cref="PackedAttention"/> by its queries, added to what is there. A query that attends to nothing gets nothing.
    /// NaN in a row of dO, or in a key or value its query attends to, makes that row of dq NaN.
    /// </summary>
    /// <param name="q">Queries, [tokens, heads, headDim].</param>
    /// <param name="k">Keys, [tokens, kvHeads, headDim].</param>
    /// <param name="v">Values, [tokens, kvHeads, headDim].</param>
    /// <param name="starts">The first token of each token's document, [tokens].</param>
    /// <param name="dO">Gradient of the output, [tokens, heads, headDim].</param>
    /// <param name="lse">What the forward kernel kept, [heads, tokens].</param>
    /// <param name="delta">Of <see cref="PackedAttentionDelta"/>, [heads, tokens].</param>
    /// <param name="dq">Gradient of the queries, [tokens, heads, headDim].</param>
    /// <param name="headDim">Dimensions of a head.</param>
    /// <param name="scale">As in the forward kernel.</param>
    /// <param name="blockQ">Queries a program.</param>
    /// <param name="blockK">Keys taken at a time.</param>
    [Kernel]
    [Axis("tokens", 1, 7, 8, 33, 100)]
    [Axis("heads", 6)]
    [Axis("kvHeads", 1, 2, 3, 6)]
    [Axis("headDim", 7, 32, 64, 80)]
    [Inputs(nameof(PackedInputs))]
    [Reference(nameof(PackedAttentionBackwardQReference))]
    [Tolerance(typeof(float), 1e-5)]
    public static void PackedAttentionBackwardQ(
        [Shape("tokens", "heads", "headDim")] [Range(-1, 1)] View3<float> q,
        [Shape("tokens", "kvHeads", "headDim")] [Range(-1, 1)] View3<float> k,
        [Shape("tokens", "kvHeads", "headDim")] View3<float> v,
        [Shape("tokens")] View1<int> starts,
        [Shape("tokens", "heads", "headDim")] View3<float> dO,
        [Shape("heads", "tokens")] [Range(1, 3)] View2<float> lse,
        [Shape("heads", "tokens")] View2<float> delta,
        [Shape("tokens", "heads", "headDim")] [Accumulated] View3<float> dq,
        [Value("headDim")] [Specialize(64, Cpu = false)] int headDim,
        [Value(0.2f)] float scale,
        [Schedule(Cpu = 64, OpenCl = 8)] int blockQ,
        [Schedule(Cpu = 64, OpenCl = 32)] int blockK)
    {
        int firstQuery = ProgramId(0, CeilDiv(q.Extent0, blockQ)) * blockQ;
        int head = ProgramId(1, q.Extent1);
        int kvHead = head / (q.Extent1 / k.Extent1);
        var queries = Range(firstQuery, blockQ, q.Extent0);
        var d = Range(0, headDim);
        var scaled = q.Load(queries, head, d) * scale;
        var dOut = dO.Load(queries, head, d);
        var start = starts.LoadInt(queries);
        var norm = lse.Load(head, queries);
        var less = delta.Load(head, queries);

        int endKey = Min(firstQuery + blockQ, q.Extent0);
        var acc = Zeros(queries, d);
        for (int first = Max(Min(start), 0); first < endKey; first += blockK)
        {
            var keys = Range(first, blockK, endKey);
            var kBlock = k.Load(keys, kvHead, d);
            var p = Exp(Dot(scaled, Transpose(kBlock)) - Col(norm));
            var dP = Dot(dOut, Transpose(v.Load(keys, kvHead, d)));
            var dS = Where((Row(keys) >= Col(start)) & (Row(keys) <= Col(queries)), p * (dP - Col(less)), 0f);
            acc = Dot(dS, kBlock, acc);
        }

        dq.Store(queries, head, d, dq.Load(queries, head, d) + (acc * scale));
    }

    /// <summary>
    /// The gradients of <see cref="PackedAttention"/> by its keys and values, added to what is there: for each key head the sum over its
    /// query heads, then over the queries in their order. NaN in dO or in a query makes the rows of dk and dv NaN it attends to.
    /// </summary>
    /// <param name="q">Queries, [tokens, heads, headDim].</param>
    /// <param name="k">Keys, [tokens, kvHeads, headDim].</param>
    /// <param name="v">Values, [tokens, kvHeads, headDim].</param>
    /// <param name="starts">The first token of each token's document, [tokens].</param>
    /// <param name="ends">The token after the last of each token's document, [tokens].</param>
    /// <param name="dO">Gradient of the output, [tokens, heads, headDim].</param>
    /// <param name="lse">What the forward kernel kept, [heads, tokens].</param>
    /// <param name="delta">Of <see cref="PackedAttentionDelta"/>, [heads, tokens].</param>
    /// <param name="dk">Gradient of the keys, [tokens, kvHeads, headDim].</param>
    /// <param name="dv">Gradient of the values, [tokens, kvHeads, headDim].</param>
    /// <param name="headDim">Dimensions of a head.</param>
    /// <param name="scale">As in the forward kernel.</param>
    /// <param name="blockK">Keys a program.</param>
    /// <param name="blockQ">Queries taken at a time.</param>
    [Kernel]
    [Axis("tokens", 1, 7, 8, 33, 100)]
    [Axis("heads", 6)]
    [Axis("kvHeads", 1, 2, 3, 6)]
    [Axis("headDim", 7, 32, 64, 80)]
    [Inputs(nameof(PackedInputs))]
    [Reference(nameof(PackedAttentionBackwardKvReference))]
    [Tolerance(typeof(float), 1e-5)]
    public static void PackedAttentionBackwardKv(
        [Shape("tokens", "heads", "headDim")] [Range(-1, 1)] View3<float> q,
        [Shape("tokens", "kvHeads", "headDim")] [Range(-1, 1)] View3<float> k,
        [Shape("tokens", "kvHeads", "headDim")] View3<float> v,
        [Shape("tokens")] View1<int> starts,
        [Shape("tokens")] View1<int> ends,
        [Shape("tokens", "heads", "headDim")] View3<float> dO,
        [Shape("heads", "tokens")] [Range(1, 3)] View2<float> lse,
        [Shape("heads", "tokens")] View2<float> delta,
        [Shape("tokens", "kvHeads", "headDim")] [Accumulated] View3<float> dk,
        [Shape("tokens", "kvHeads", "headDim")] [Accumulated] View3<float> dv,
        [Value("headDim")] [Specialize(64, Cpu = false)] int headDim,
        [Value(0.2f)] float scale,
        [Schedule(Cpu = 64, OpenCl = 8)] int blockK,
        [Schedule(Cpu = 64, OpenCl = 32)] int blockQ)
    {
        int firstKey = ProgramId(0, CeilDiv(k.Extent0, blockK)) * blockK;
        int kvHead = ProgramId(1, k.Extent1);
        int group = q.Extent1 / k.Extent1;
        var keys = Range(firstKey, blockK, k.Extent0);
        var d = Range(0, headDim);
        var kBlock = k.Load(keys, kvHead, d);
        var vBlock = v.Load(keys, kvHead, d);

        int endQuery = Min(Max(ends.LoadInt(keys)), q.Extent0);
        var accK = Zeros(keys, d);
        var accV = Zeros(keys, d);
        for (int head = kvHead * group; head < (kvHead + 1) * group; head++)
        {
            for (int first = firstKey / blockQ * blockQ; first < endQuery; first += blockQ)
            {
                // A row a key, a column a query: so both sums over queries are products as they stand.
                var queries = Range(first, blockQ, endQuery);
                var attends = (Col(keys) >= Row(starts.LoadInt(queries))) & (Col(keys) <= Row(queries));
                var scaled = q.Load(queries, head, d) * scale;
                var dOut = dO.Load(queries, head, d);
                var p = Where(attends, Exp(Dot(kBlock, Transpose(scaled)) - Row(lse.Load(head, queries))), 0f);
                accV = Dot(p, dOut, accV);
                var dP = Dot(vBlock, Transpose(dOut));
                accK = Dot(Where(attends, p * (dP - Row(delta.Load(head, queries))), 0f), scaled, accK);
            }
        }

        dk.Store(keys, kvHead, d, dk.Load(keys, kvHead, d) + accK);
        dv.Store(keys, kvHead, d, dv.Load(keys, kvHead, d) + accV);
    }
}
