using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>
/// Rotary position embedding (Su et al., "RoFormer", 2021, section 3.2.2), for both ways of pairing dimensions that models use.
/// </summary>
public static partial class Positions
{
    // Cosines and sines of position * frequency. The float product of a position of 10^5 is off by up to 2^-8 radian; the rounding error,
    // which a fused multiply-add gives exactly, is put back through cos(a + e) = cos(a) - e sin(a) + O(e^2).
    [DeviceFunction]
    private static (Tile<float> Cos, Tile<float> Sin) Rotation(float position, Tile<float> frequency)
    {
        var angle = position * frequency;
        var error = Fma(position, frequency, -angle);
        var cos = Cos(angle);
        var sin = Sin(angle);
        return (cos - (error * sin), sin + (error * cos));
    }

    // Pair i of a head is dimensions (first(i), second(i)); those beyond the pairs stay as they are.
    // Rows may go to slots of a cache.
    private static void RopeReference(KernelCase c, string input, string output, Func<int, int, (int First, int Second)> pair, string? slots = null)
    {
        double[] x = c.Values(input), positions = c.Values("positions"), frequencies = c.Values("frequencies"), y = c.Output(output);
        int heads = c.Extent(input, 1), headDim = c.Extent(input, 2), pairs = frequencies.Length;
        int Place(int row) => slots is null ? row : ((int)c.Values(slots)[row / heads] * heads) + (row % heads);
        for (int row = 0; row < positions.Length * heads; row++)
        {
            x.AsSpan(row * headDim, headDim).CopyTo(y.AsSpan(Place(row) * headDim));
            for (int i = 0; i < pairs; i++)
            {
                (int first, int second) = pair(i, pairs);
                (double sin, double cos) = Math.SinCos(positions[row / heads] * frequencies[i]);
                double a = x[(row * headDim) + first], b = x[(row * headDim) + second];
                y[(Place(row) * headDim) + first] = (a * cos) - (b * sin);
                y[(Place(row) * headDim) + second] = (a * sin) + (b * cos);
            }
        }
    }
}
