using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Attention for training: documents packed one after another.</content>
public static partial class Attention
{
    /// <summary>
    /// Causal attention within documents, o = softmax(scale q k^T) v over the keys from the beginning of a query's document to the query
    /// itself (Dao, "FlashAttention-2", 2023, algorithm 1), for any number of query heads a key head. It keeps the logarithm of each
    /// query's sum of exponentials, from which the backward kernels compute the probabilities anew. A query with starts[t] above t attends
    /// to nothing: zeros, and lse +inf. NaN in a query, or in a key or value it attends to, makes its output NaN.
    /// </summary>
    /// <param name="q">Queries, [tokens, heads, headDim].</param>
    /// <param name="k">Keys, [tokens, kvHeads, headDim]; kvHeads divides heads.</param>
    /// <param name="v">Values, [tokens, kvHeads, headDim].</param>
    /// <param name="starts">The first token of each token's document, [tokens].</param>
    /// <param name="o">Output, [tokens, heads, headDim].</param>
    /// <param name="lse">Written: the logarithm of the sum of exp(scale q k), [heads, tokens].</param>
    /// <param name="headDim">Dimensions of a head.</param>
    /// <param name="scale">Factor of the scores, mostly 1 / sqrt(headDim).</param>
    /// <param name="blockQ">Queries a program.</param>
    /// <param name="blockK">Keys taken at a time.</param>
    [Kernel]
    [Axis("tokens", 1, 7, 8, 33, 100)]
    [Axis("heads", 6)]
    [Axis("kvHeads", 1, 2, 3, 6)]
    [Axis("headDim", 7, 32, 64, 80)]
    [Inputs(nameof(PackedInputs))]
    [Reference(nameof(PackedAttentionReference))]
    [Tolerance(typeof(float), 1e-5)]
    public static void PackedAttention(
        [Shape("tokens", "heads", "headDim")] View3<float> q,
        [Shape("tokens", "kvHeads", "headDim")] View3<float> k,
        [Shape("tokens", "kvHeads", "headDim")] View3<float> v,
        [Shape("tokens")] View1<int> starts,
        [Shape("tokens", "heads", "headDim")] View3<float> o,
        [Shape("heads", "tokens")] View2<float> lse,
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
        var start = starts.LoadInt(queries);

        int firstKey = Max(Min(start), 0);
        int endKey = Min(firstQuery + blockQ, q.Extent0);
        var m = Full(float.NegativeInfinity, queries);
        var l = Zeros(queries);
        var acc = Zeros(queries, d);
        for (int first = firstKey; first < endKey; first += blockK)
        {
            var keys = Range(first, blockK, endKey);
            var s = Where(
                (Row(keys) >= Col(start)) & (Row(keys) <= Col(queries)), Dot(scaled, Transpose(k.Load(keys, kvHead, d))), float.NegativeInfinity);
            var next = Max(m, Max(s, axis: 1));
            var shift = Where(next == float.NegativeInfinity, 0f, next);
            var p = Exp(s - Col(shift));
            var alpha = Exp(m - shift);
            l = (l * alpha) + Sum(p, axis: 1);
            acc = Dot(p, v.Load(keys, kvHead, d), acc * Col(alpha));
            m = next;
        }

        o.Store(queries, head, d, acc / Col(Where(l == 0f, 1f, l)));
        lse.Store(head, queries, Where(l == 0f, float.PositiveInfinity, m + Log(l)));
    }

    // Documents of unequal lengths: 1, 2, 3, ... tokens up to 40.
    private static void PackedInputs(KernelCase c)
    {
        int tokens = c.Axis("tokens");
        for (int start = 0, length = 1; start < tokens; start += length, length = Math.Min(length * 2, 40))
        {
            for (int t = start; t < Math.Min(start + length, tokens); t++)
            {
                foreach ((string view, int bound) in new[] { ("starts", start), ("ends", Math.Min(start + length, tokens)) })
                {
                    if (c.Has(view))
                        c.Values(view)[t] = bound;
                }
            }
        }
    }

    // Probabilities of a query's keys, from the beginning of its document to itself.
    private static double[] PackedScores(KernelCase c, int token, int head)
    {
        double[] q = c.Values("q"), k = c.Values("k"), starts = c.Values("starts");
        int heads = c.Extent("q", 1), headDim = c.Extent("q", 2), kvHeads = c.Extent("k", 1), kvHead = head / (heads / kvHeads);
        var scores = new double[Math.Max(0, token + 1 - (int)starts[token])];
        for (int i = 0; i < scores.Length; i++)
        {
            for (int d = 0; d < headDim; d++)
                scores[i] += c.Scalar("scale") * q[(((token * heads) + head) * headDim) + d] * k[(((((int)starts[token] + i) * kvHeads) + kvHead) * headDim) + d];
        }

        return scores;
    }

    private static void PackedAttentionReference(KernelCase c)
    {
        double[] v = c.Values("v"), starts = c.Values("starts"), o = c.Output("o"), lse = c.Output("lse"), magnitude = c.Magnitude("o");
        int tokens = c.Extent("q", 0), heads = c.Extent("q", 1), headDim = c.Extent("q", 2), kvHeads = c.Extent("k", 1);
        Array.Clear(o);
        for (int row = 0; row < tokens * heads; row++)
        {
            int t = row / heads, head = row % heads;
            double[] scores = PackedScores(c, t, head);
            double max = scores.DefaultIfEmpty(0).Max(), sum = scores.Sum(s => Math.Exp(s - max));
            lse[(head * tokens) + t] = sum == 0 ? double.PositiveInfinity : max + Math.Log(sum);
            for (int i = 0; i < scores.Length; i++)
            {
                for (int d = 0; d < headDim; d++)
                {
                    double term = Math.Exp(scores[i] - max) / sum * v[(((((int)starts[t] + i) * kvHeads) + (head / (heads / kvHeads))) * headDim) + d];
                    o[(row * headDim) + d] += term;
                    magnitude[(row * headDim) + d] += Math.Abs(term);
                }
            }
        }
    }
}
