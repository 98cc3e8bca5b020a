using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Random decoding.</content>
public static partial class Sampling
{
    /// <summary>
    /// Draws a token from softmax(logits / temperature), cut by top-k, then top-p, then min-p, without sorting.
    /// <list type="bullet">
    /// <item>top-k keeps the tokens whose logit is at least the k-th largest, so all that tie with it (Fan et al., 2018).</item>
    /// <item>top-p keeps, of those, the smallest set of most probable tokens whose share of their probability is at least p, and all that
    /// tie with its least probable one (Holtzman et al., "The Curious Case of Neural Text Degeneration", 2019, section 3.1).</item>
    /// <item>min-p keeps, of those, the tokens at least p times as probable as the most probable one (Nguyen et al., "Turning Up the Heat",
    /// 2024).</item>
    /// </list>
    /// Thresholds are found by bisection over the floats, which order as integers do. The draw is arg-max of logit / temperature plus
    /// Gumbel noise (Maddison et al., "A* Sampling", 2014, section 2): noise of token i comes from Philox with key seed, stream step and
    /// counter i, so a draw can be repeated. NaN and -inf are never drawn; +inf is not allowed. If no logit is a number above -inf the
    /// token is 0.
    /// </summary>
    /// <param name="logits">[vocabulary].</param>
    /// <param name="token">Output, [1].</param>
    /// <param name="temperature">Divides the logits; positive. For greedy decoding use <see cref="ArgMax"/>.</param>
    /// <param name="topK">Tokens to keep; 0 keeps all.</param>
    /// <param name="topP">Share of probability to keep; 1 or more keeps all.</param>
    /// <param name="minP">Least probability to keep, as a share of the largest; 0 keeps all.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    /// <param name="step">Number of the draw among those with the same seed.</param>
    /// <param name="block">Logits taken at a time.</param>
    [Kernel(WorkGroup = 256, CudaWorkGroup = 1024)]
    [Axis("vocabulary", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Axis("topK", 0, 1, 5, 40)]
    [Reference(nameof(SampleReference))]
    public static void Sample(
        [Shape("vocabulary")] View1<float> logits,
        [Shape(1)] View1<int> token,
        [Range(0.3, 2)] float temperature,
        [Value("topK")] int topK,
        [Range(0.1, 1.2)] float topP,
        [Range(0, 0.2)] float minP,
        [Range(0, 1e9)] uint seed,
        [Range(0, 1e6)] uint step,
        [Schedule(Cpu = 2048, OpenCl = 1024, Cuda = 8192)] int block)
    {
        float max = float.NegativeInfinity;
        for (int start = 0; start < logits.Extent0; start += block)
            max = Max(max, Max(logits.Load(Range(start, block, logits.Extent0))));

        // The largest threshold that at least k logits reach; -inf where top-k is off.
        int low = OrderedBits(float.NegativeInfinity);
        int high = topK > 0 && topK < logits.Extent0 ? OrderedBits(max) : low;
        while (low < high)
        {
            int middle = MiddleAbove(low, high);
            bool reached = Count(logits, FromOrderedBits(middle), block) >= topK;
            low = reached ? middle : low;
            high = reached ? high : middle - 1;
        }

        // The largest threshold above which there is share p of the mass; the one before where top-p is off.
        float inverse = 1 / temperature;
        float mass = topP * Mass(logits, FromOrderedBits(low), max, inverse, block);
        high = topP < 1 ? OrderedBits(max) : low;
        while (low < high)
        {
            int middle = MiddleAbove(low, high);
            bool reached = Mass(logits, FromOrderedBits(middle), max, inverse, block) >= mass;
            low = reached ? middle : low;
            high = reached ? high : middle - 1;
        }

        float least = FromOrderedBits(low);
        int drawn = 0;
        float best = float.NegativeInfinity;
        for (int start = 0; start < logits.Extent0; start += block)
        {
            var ids = Range(start, block, logits.Extent0);
            var v = logits.Load(ids);
            var log = (v - max) * inverse;
            var noisy = Where((v >= least) & (Exp(log) >= minP), log + Gumbel(seed, step, ids), float.NegativeInfinity);
            float top = Max(noisy);
            int at = Ops.ArgMax(noisy);
            drawn = top > best ? start + at : drawn;
            best = Max(best, top);
        }

        token.StoreInt(0, drawn);
    }

    // Number of logits that reach a threshold.
    [DeviceFunction]
    private static int Count(View1<float> logits, float threshold, int block)
    {
        int count = 0;
        for (int start = 0; start < logits.Extent0; start += block)
            count += Sum(Where(logits.Load(Range(start, block, logits.Extent0)) >= threshold, 1, 0));
        return count;
    }

    // Sum of exp((logit - max) / temperature) over logits that reach a threshold. More logits never give less, whatever is rounded.
    [DeviceFunction]
    private static float Mass(View1<float> logits, float threshold, float max, float inverse, int block)
    {
        float mass = 0;
        for (int start = 0; start < logits.Extent0; start += block)
        {
            var v = logits.Load(Range(start, block, logits.Extent0));
            mass += Sum(Where(v >= threshold, Exp((v - max) * inverse), 0f));
        }

        return mass;
    }

    // Integers that order as the floats do: the bits of a negative float count down.
    [DeviceFunction]
    private static int OrderedBits(float x)
    {
        int bits = BitcastToInt(x);
        return bits ^ ((bits >> 31) & int.MaxValue);
    }

    [DeviceFunction]
    private static float FromOrderedBits(int ordered) => BitcastToFloat(ordered ^ ((ordered >> 31) & int.MaxValue));

    // The mean, rounded up, without overflow.
    [DeviceFunction]
    private static int MiddleAbove(int low, int high) => (low | high) - ((low ^ high) >> 1);

    // -log(e) with e exponentially distributed: e = -log(1 - u), by its series where u is small, so that the large Gumbel numbers, which
    // decide, are as fine as 32 random bits allow.
    [DeviceFunction]
    private static Tile<float> Gumbel(uint seed, uint stream, Tile<int> counter)
    {
        const float Unit = 1f / (1L << 32);
        var u = (Philox(seed, stream, counter.ToUInt()).ToFloat() * Unit) + (Unit / 2);
        var series = u * (1f + (u * (0.5f + (u * ((1f / 3) + (u * 0.25f))))));
        return -Log(Where(u < 1f / 64, series, -Log(1f - u)));
    }
}
