using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Gradients: a rotation's is the rotation back.</content>
public static partial class Positions
{
    /// <summary>
    /// The gradient of <see cref="RopeHalfSplit"/>, added to what is there: dx += dy turned back. NaN stays within its pair.
    /// <paramref name="dx"/> must not be <paramref name="dy"/>.
    /// </summary>
    /// <param name="positions">Position of each token, [tokens].</param>
    /// <param name="frequencies">Radians a position, [pairs].</param>
    /// <param name="dy">Gradient of the output, [tokens, heads, headDim].</param>
    /// <param name="dx">Gradient of the input, [tokens, heads, headDim].</param>
    [Kernel]
    [Axis("tokens", 1, 5)]
    [Axis("heads", 1, 3, 8)]
    [Axis("headDim", 64, 80, 96, 127)]
    [Axis("pairs", 1, 7, 16, 31, 32)]
    [Reference(nameof(RopeHalfSplitBackwardReference))]
    [Tolerance(typeof(float), 1e-5)]
    public static void RopeHalfSplitBackward(
        [Shape("tokens")] [Range(0, 131072)] View1<int> positions,
        [Shape("pairs")] [Range(0, 1)] View1<float> frequencies,
        [Shape("tokens", "heads", "headDim")] View3<float> dy,
        [Shape("tokens", "heads", "headDim")] [Accumulated] View3<float> dx)
    {
        int token = ProgramId(0, dx.Extent0);
        var heads = Range(0, dx.Extent1);
        var pair = Range(0, frequencies.Extent0);
        var rest = Range(2 * frequencies.Extent0, dx.Extent2 - (2 * frequencies.Extent0));
        var first = dy.Load(token, heads, pair);
        var second = dy.Load(token, heads, pair + frequencies.Extent0);
        var (cos, sin) = Rotation(positions.LoadInt(token), frequencies.Load(pair));
        dx.Store(token, heads, pair, dx.Load(token, heads, pair) + ((first * Row(cos)) + (second * Row(sin))));
        dx.Store(token, heads, pair + frequencies.Extent0, dx.Load(token, heads, pair + frequencies.Extent0) + ((second * Row(cos)) - (first * Row(sin))));
        dx.Store(token, heads, rest, dx.Load(token, heads, rest) + dy.Load(token, heads, rest));
    }

    /// <summary>
    /// The gradient of <see cref="RopeInterleaved"/>, added to what is there: dx += dy turned back. NaN stays within its pair.
    /// <paramref name="dx"/> must not be <paramref name="dy"/>.
    /// </summary>
    /// <param name="positions">Position of each token, [tokens].</param>
    /// <param name="frequencies">Radians a position, [pairs].</param>
    /// <param name="dy">Gradient of the output, [tokens, heads, headDim].</param>
    /// <param name="dx">Gradient of the input, [tokens, heads, headDim].</param>
    [Kernel]
    [Axis("tokens", 1, 5)]
    [Axis("heads", 1, 3, 8)]
    [Axis("headDim", 64, 80, 96, 127)]
    [Axis("pairs", 1, 7, 16, 31, 32)]
    [Reference(nameof(RopeInterleavedBackwardReference))]
    [Tolerance(typeof(float), 1e-5)]
    public static void RopeInterleavedBackward(
        [Shape("tokens")] [Range(0, 131072)] View1<int> positions,
        [Shape("pairs")] [Range(0, 1)] View1<float> frequencies,
        [Shape("tokens", "heads", "headDim")] View3<float> dy,
        [Shape("tokens", "heads", "headDim")] [Accumulated] View3<float> dx)
    {
        int token = ProgramId(0, dx.Extent0);
        var heads = Range(0, dx.Extent1);
        var pair = Range(0, frequencies.Extent0);
        var rest = Range(2 * frequencies.Extent0, dx.Extent2 - (2 * frequencies.Extent0));
        var first = dy.Load(token, heads, 2 * pair);
        var second = dy.Load(token, heads, (2 * pair) + 1);
        var (cos, sin) = Rotation(positions.LoadInt(token), frequencies.Load(pair));
        dx.Store(token, heads, 2 * pair, dx.Load(token, heads, 2 * pair) + ((first * Row(cos)) + (second * Row(sin))));
        dx.Store(token, heads, (2 * pair) + 1, dx.Load(token, heads, (2 * pair) + 1) + ((second * Row(cos)) - (first * Row(sin))));
        dx.Store(token, heads, rest, dx.Load(token, heads, rest) + dy.Load(token, heads, rest));
    }

    private static void RopeHalfSplitBackwardReference(KernelCase c) => RopeBackwardReference(c, static (i, pairs) => (i, i + pairs));

    private static void RopeInterleavedBackwardReference(KernelCase c) => RopeBackwardReference(c, static (i, _) => (2 * i, (2 * i) + 1));

    private static void RopeBackwardReference(KernelCase c, Func<int, int, (int First, int Second)> pair)
    {
        double[] dy = c.Values("dy"), positions = c.Values("positions"), frequencies = c.Values("frequencies"), dx = c.Output("dx");
        int heads = c.Extent("dx", 1), headDim = c.Extent("dx", 2), pairs = frequencies.Length;
        double[] turned = [.. dy];
        for (int row = 0; row < positions.Length * heads; row++)
        {
            for (int i = 0; i < pairs; i++)
            {
                (int first, int second) = pair(i, pairs);
                (double sin, double cos) = Math.SinCos(positions[row / heads] * frequencies[i]);
                double a = dy[(row * headDim) + first], b = dy[(row * headDim) + second];
                turned[(row * headDim) + first] = (a * cos) + (b * sin);
                turned[(row * headDim) + second] = (b * cos) - (a * sin);
            }
        }

        for (int i = 0; i < dx.Length; i++)
            dx[i] += turned[i];
    }
}
