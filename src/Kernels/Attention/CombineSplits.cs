using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The sum of attention states.</content>
public static partial class Attention
{
    /// <summary>
    /// The output of one query from the states its splits left: with M the largest max, o = sum(exp(max - M) acc) / sum(exp(max - M) sum).
    /// A head whose states are all empty gives zeros. NaN in a state makes its head's output NaN.
    /// </summary>
    /// <param name="max">Largest score, [splits, heads].</param>
    /// <param name="sum">Sum of exp(score - max), [splits, heads].</param>
    /// <param name="acc">Sum of exp(score - max) times the values, [splits, heads, headDim].</param>
    /// <param name="o">Output, [heads, headDim].</param>
    [Kernel]
    [Axis("splits", 1, 2, 7, 33)]
    [Axis("heads", 1, 6, 9)]
    [Axis("headDim", 7, 64, 80, 96, 128)]
    [Reference(nameof(CombineSplitsReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void CombineSplits(
        [Shape("splits", "heads")] View2<float> max,
        [Shape("splits", "heads")] [Range(0.1, 4)] View2<float> sum,
        [Shape("splits", "heads", "headDim")] View3<float> acc,
        [Shape("heads", "headDim")] View2<float> o)
    {
        int head = ProgramId(0, o.Extent0);
        var splits = Range(0, max.Extent0);
        var d = Range(0, o.Extent1);
        var m = max.Load(splits, head);
        float top = Max(m);
        var weight = Exp(m - (top == float.NegativeInfinity ? 0f : top));
        float total = Sum(weight * sum.Load(splits, head));
        o.Store(head, d, Sum(Col(weight) * acc.Load(splits, head, d), axis: 0) / (total == 0 ? 1f : total));
    }

    private static void CombineSplitsReference(KernelCase c)
    {
        double[] max = c.Values("max"), sum = c.Values("sum"), acc = c.Values("acc"), o = c.Output("o");
        int splits = c.Extent("max", 0), heads = c.Extent("max", 1), headDim = c.Extent("o", 1);
        for (int head = 0; head < heads; head++)
        {
            double total = 0;
            for (int s = 0; s < splits; s++)
                total += Math.Exp(max[(s * heads) + head]) * sum[(s * heads) + head];
            for (int d = 0; d < headDim; d++)
            {
                double value = 0;
                for (int s = 0; s < splits; s++)
                    value += Math.Exp(max[(s * heads) + head]) * acc[(((s * heads) + head) * headDim) + d];
                o[(head * headDim) + d] = total == 0 ? 0 : value / total;
            }
        }
    }
}
