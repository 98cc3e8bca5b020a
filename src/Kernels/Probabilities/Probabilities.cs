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
        float max = float.NegativeInfinity;
        float sum = 0;
        for (int start = 0; start < x.Extent1; start += block)
        {
            var v = x.Load(row, Range(start, block, x.Extent1));
            float next = Max(max, Max(v));
            float shift = next == float.NegativeInfinity ? 0 : next;
            sum = (sum * Exp(max - shift)) + Sum(Exp(v - shift));
            max = next;
        }

        return (max == float.NegativeInfinity ? 0 : max, sum);
    }
}
