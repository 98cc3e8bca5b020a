using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The sum of attention states.</content>
public static partial class Attention
{
    /// <summary>
    /// The outputs of queries from the states that their splits left, merged one after the other: of (M, L, O) and (m, l, o) the state with maximum
    /// N = max(M, m) is (N, L exp(M - N) + l exp(m - N), O exp(M - N) + o exp(m - N)), and the output O / L (Milakov and Gimelshein, 2018, section 3.1).
    /// A sink comes first. A head whose states are all empty gives zeros. NaN in a state makes its head's output NaN.
    /// </summary>
    /// <param name="max">Largest score, [sequences, splits, heads].</param>
    /// <param name="sum">Sum of exp(score - max), [sequences, splits, heads].</param>
    /// <param name="acc">Sum of exp(score - max) times the values, [sequences, splits, heads, headDim].</param>
    /// <param name="positions">Position of each query, the last of its sequence, [sequences].</param>
    /// <param name="o">Output, [sequences, heads, headDim].</param>
    /// <param name="score">The functor of the scores: it says how many splits there are.</param>
    /// <typeparam name="TScore">The score functor.</typeparam>
    [Kernel]
    [Axis("sequences", 1, 3)]
    [Axis("splits", 3)]
    [Axis("heads", 6)]
    [Axis("headDim", 7, 64, 80, 96, 128)]
    [Reference(nameof(CombineSplitsReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void CombineSplits<
        [Functors(typeof(FullScore), typeof(CausalScore), typeof(SlidingWindowScore), typeof(SoftCapScore), typeof(AlibiScore), typeof(SinkScore))] TScore>(
        [Shape("sequences", "splits", "heads")] View3<float> max,
        [Shape("sequences", "splits", "heads")] [Range(0.1, 4)] View3<float> sum,
        [Shape("sequences", "splits", "heads", "headDim")] View4<float> acc,
        [Shape("sequences")] [Range(0, 300)] View1<int> positions,
        [Shape("sequences", "heads", "headDim")] View3<float> o,
        TScore score)
        where TScore : struct, IScoreFunctor<TScore>
    {
        int head = ProgramId(0, o.Extent1);
        int sequence = ProgramId(1, o.Extent0);
        int position = positions.LoadInt(sequence);
        int firstKey = Max(TScore.FirstKey(score, position), 0);
        int endKey = Min(TScore.EndKey(score, position, position + 1), position + 1);
        int splits = CeilDiv(endKey, KeysPerSplit) - (firstKey / KeysPerSplit);
        var d = Range(0, o.Extent2);

        float top = Max(TScore.Sink(score, Range(head, 1)));
        float total = top > float.NegativeInfinity ? 1f : 0f;
        var output = Zeros(d);
        for (int split = 0; split < splits; split++)
        {
            float m = max.Load(sequence, split, head);
            float largest = Max(top, m);
            float origin = largest == float.NegativeInfinity ? 0f : largest;
            float before = Exp(top - origin);
            float added = Exp(m - origin);
            total = (total * before) + (sum.Load(sequence, split, head) * added);
            output = (output * before) + (acc.Load(sequence, split, head, d) * added);
            top = largest;
        }

        o.Store(sequence, head, d, output / (total == 0f ? 1f : total));
    }

    private static void CombineSplitsReference(KernelCase c)
    {
        double[] max = c.Values("max"), sum = c.Values("sum"), acc = c.Values("acc"), positions = c.Values("positions"), o = c.Output("o");
        int splits = c.Extent("max", 1), heads = c.Extent("max", 2), headDim = c.Extent("o", 2);
        var score = (IScoreReference)c.Functor("score");
        for (int row = 0; row < positions.Length * heads; row++)
        {
            int sequence = row / heads, head = row % heads;
            var (firstKey, endKey) = score.ReferenceKeys((int)positions[sequence], (int)positions[sequence] + 1);
            int used = ((endKey + KeysPerSplit - 1) / KeysPerSplit) - (firstKey / KeysPerSplit);
            double total = Math.Exp(score.ReferenceSink(head));
            var values = new double[headDim];
            for (int s = 0; s < used; s++)
            {
                int state = (((sequence * splits) + s) * heads) + head;
                total += Math.Exp(max[state]) * sum[state];
                for (int d = 0; d < headDim; d++)
                    values[d] += Math.Exp(max[state]) * acc[(state * headDim) + d];
            }

            for (int d = 0; d < headDim; d++)
                o[(row * headDim) + d] = total == 0 ? 0 : values[d] / total;
        }
    }
}
