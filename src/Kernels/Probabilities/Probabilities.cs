using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>From logits to probabilities.</summary>
public static partial class Probabilities
{
    // Maximum of a row and the sum of exp(x - maximum), in one pass (Milakov and Gimelshein, "Online normalizer calculation for softmax",
    // 2018, algorithm 3). Where all is -inf the maximum counts as 0 and the sum is 0.
    [DeviceFunction]
    internal static (float Max, float Sum) OnlineNormalizer<T>(View2<T> x, int row, int block)
        where T : unmanaged
    {
        var (max, sum) = Normalizer(x, row, 0, x.Extent1, block);
        return (max == float.NegativeInfinity ? 0 : max, sum);
    }

    // The same of the columns from first to end: -inf and 0 where there are none.
    [DeviceFunction]
    internal static (float Max, float Sum) Normalizer<T>(View2<T> x, int row, int first, int end, int block)
        where T : unmanaged
    {
        float max = float.NegativeInfinity;
        float sum = 0;
        for (int start = first; start < end; start += block)
        {
            var v = x.Load(row, Range(start, block, end));
            float next = Max(max, Max(v));
            float shift = next == float.NegativeInfinity ? 0 : next;
            sum = (sum * Exp(max - shift)) + Sum(Exp(v - shift));
            max = next;
        }

        return (max, sum);
    }

    // What the parts of a row come to together: the largest of all, 0 where all is -inf, and the sum of exp(x - largest), in the order of the parts.
    [DeviceFunction]
    internal static (float Max, float Sum) OfParts(View2<float> max, View2<float> sum, int row)
    {
        var parts = Range(0, max.Extent1);
        var m = max.Load(row, parts);
        float top = Max(m);
        float shift = top == float.NegativeInfinity ? 0 : top;
        return (shift, Sum(sum.Load(row, parts) * Exp(m - shift)));
    }
}
