using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>
/// Exponential, logarithm and noise of the sampler, made of operations that every device rounds alike, so that a seed gives the same tokens
/// everywhere. Devices' own functions differ in their last bits.
/// </summary>
internal static class SamplerMath
{
    /// <summary>Logits this far below the largest have no weight.</summary>
    public const float Reach = 19.5f;

    /// <summary>
    /// Logits this far below the largest are never drawn: noise from 32 random bits lies between -log(log(2^33)) = -3.13 and log(2^33) = 22.88.
    /// </summary>
    public const float NoiseReach = 26.1f;

    /// <summary>The weight of the largest logit.</summary>
    public const float Unit = 1 << 26;

    /// <summary>exp(x) in units of 2^-26, rounded, for x of at most 0.</summary>
    [DeviceFunction]
    public static Tile<int> Weight(Tile<float> x) => ((Exponential(x) * Unit) + 0.5f).ToInt();

    /// <summary>exp(x) for x of at most 0, 0 below -87: Cody and Waite's reduction and a polynomial of degree 7 (Moshier, Cephes, 1984).</summary>
    [DeviceFunction]
    public static Tile<float> Exponential(Tile<float> x)
    {
        var bounded = Max(x, -87f);
        var n = Floor(Fma(bounded, 1.44269504f, 0.5f));
        var r = Fma(n, 2.12194440e-4f, Fma(n, -0.693359375f, bounded));
        var p = Fma(r, 1.9875691500e-4f, 1.3981999507e-3f);
        p = Fma(p, r, 8.3334519073e-3f);
        p = Fma(p, r, 4.1665795894e-2f);
        p = Fma(p, r, 1.6666665459e-1f);
        p = Fma(p, r, 5.0000001201e-1f);
        p = Fma(p * r, r, r) + 1f;
        return Where(x < -87f, 0f, p * BitcastToFloat((n.ToInt() + 127) << 23));
    }

    /// <summary>log(x) for positive, normal x (Moshier, Cephes, 1984).</summary>
    [DeviceFunction]
    public static Tile<float> Logarithm(Tile<float> x)
    {
        // x = 2^n m with m from sqrt(1/2) to sqrt(2).
        var bits = BitcastToInt(x);
        var n = (bits - 0x3f3504f3) >> 23;
        var m = BitcastToFloat(bits - (n << 23)) - 1f;
        var p = Fma(m, 7.0376836292e-2f, -1.1514610310e-1f);
        p = Fma(p, m, 1.1676998740e-1f);
        p = Fma(p, m, -1.2420140846e-1f);
        p = Fma(p, m, 1.4249322787e-1f);
        p = Fma(p, m, -1.6668057665e-1f);
        p = Fma(p, m, 2.0000714765e-1f);
        p = Fma(p, m, -2.4999993993e-1f);
        p = Fma(p, m, 3.3333331174e-1f);
        var square = m * m;
        var e = n.ToFloat();
        var tail = Fma(p * m, square, Fma(e, -2.12194440e-4f, square * -0.5f));
        return Fma(e, 0.693359375f, m + tail);
    }

    /// <summary>
    /// -log(E) with E exponentially distributed: E = -log(1 - u), by its series where u is small, so that the large numbers, which decide, are as
    /// fine as 32 random bits allow. Never infinite.
    /// </summary>
    [DeviceFunction]
    public static Tile<float> Gumbel(uint seed, uint stream, Tile<int> counter)
    {
        const float Step = 1f / (1L << 32);
        var u = (Philox(seed, stream, counter.ToUInt()).ToFloat() * Step) + (Step / 2);
        var series = u * Fma(u, Fma(u, Fma(u, 0.25f, 1f / 3), 0.5f), 1f);
        var rest = Max(1f - u, Step);
        return -Logarithm(Where(u < 1f / 64, series, -Logarithm(rest)));
    }

    /// <summary>Integers that order as the floats do: the bits of a negative float count down.</summary>
    [DeviceFunction]
    public static int OrderedBits(float x)
    {
        int bits = BitcastToInt(x);
        return bits ^ ((bits >> 31) & int.MaxValue);
    }

    /// <summary>The float of <see cref="OrderedBits"/>.</summary>
    [DeviceFunction]
    public static float FromOrderedBits(int ordered) => BitcastToFloat(ordered ^ ((ordered >> 31) & int.MaxValue));

    /// <summary>The mean, rounded up, without overflow.</summary>
    [DeviceFunction]
    public static int MiddleAbove(int low, int high) => (low | high) - ((low ^ high) >> 1);
}
