using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Pairs half the rotated dimensions apart.</content>
public static partial class Positions
{
    /// <summary>
    /// Rotary position embedding of pairs half the rotated dimensions apart, i and i + pairs, as GPT-NeoX and Hugging Face models have it.
    /// Dimensions beyond the pairs are copied. Exact to about 1e-5 up to position 131072. NaN stays within its pair. <paramref name="y"/>
    /// may be <paramref name="x"/>.
    /// </summary>
    /// <param name="x">Queries or keys, [tokens, heads, headDim].</param>
    /// <param name="positions">Position of each token, [tokens].</param>
    /// <param name="frequencies">
    /// Radians a position, [pairs], with 2 * pairs at most headDim: see <see cref="RotaryFrequencies"/>.
    /// </param>
    /// <param name="y">Output, [tokens, heads, headDim]: activations, or the keys' place in a cache.</param>
    /// <typeparam name="T">Element type of the output.</typeparam>
    [Kernel]
    [Differentiable(nameof(x), Tolerance = 1e-5)]
    [Axis("tokens", 1, 5)]
    [Axis("heads", 1, 3, 8)]
    [Axis("headDim", 64, 80, 96, 127)]
    [Axis("pairs", 1, 7, 16, 31, 32)]
    [Reference(nameof(RopeHalfSplitReference))]
    [Tolerance(typeof(float), 1e-5)]
    [Tolerance(typeof(Half), 6e-4)]
    [Tolerance(typeof(BFloat16), 5e-3)]
    public static void RopeHalfSplit<[Elements(typeof(float), typeof(Half), typeof(BFloat16))] T>(
        [Shape("tokens", "heads", "headDim")] View3<float> x,
        [Shape("tokens")] [Range(0, 131072)] View1<int> positions,
        [Shape("pairs")] [Range(0, 1)] View1<float> frequencies,
        [Shape("tokens", "heads", "headDim")] View3<T> y)
        where T : unmanaged
    {
        int token = ProgramId(0, x.Extent0);
        var heads = Range(0, x.Extent1);
        var pair = Range(0, frequencies.Extent0);
        var rest = Range(2 * frequencies.Extent0, x.Extent2 - (2 * frequencies.Extent0));
        var first = x.Load(token, heads, pair);
        var second = x.Load(token, heads, pair + frequencies.Extent0);
        var (cos, sin) = Rotation(positions.LoadInt(token), frequencies.Load(pair));
        y.Store(token, heads, pair, (first * Row(cos)) - (second * Row(sin)));
        y.Store(token, heads, pair + frequencies.Extent0, (first * Row(sin)) + (second * Row(cos)));
        y.Store(token, heads, rest, x.Load(token, heads, rest));
    }

    private static void RopeHalfSplitReference(KernelCase c) => RopeReference(c, "x", "y", static (i, pairs) => (i, i + pairs));
}
