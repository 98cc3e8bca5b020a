using static KernelFoundry.Kernels.SamplerMath;
using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>
/// Questions to the sampler's list of candidates: processed logits and weights exp(logit - max) as integers, whose sums do not depend on their
/// order. What is left of a distribution is an interval [low, high] of logits. Sums of one kind are one reduction in a loop over what is summed, and
/// what is not wanted is a loop of no rounds instead of a branch not taken: drivers that run work-items as loops copy all that follows a branch
/// with a barrier in it, and take long to compile many reductions.
/// </summary>
internal static class CandidateList
{
    private const int LowBits = 13;
    private const int LowMask = (1 << LowBits) - 1;

    /// <summary>What an interval holds.</summary>
    /// <returns>How many logits; their weight; the largest, -inf if there is none; and, if it is needed, their entropy in nats.</returns>
    [DeviceFunction]
    public static (int Count, float Mass, float Largest, float Entropy) Summarize(
        View1<float> list, View1<int> weights, int length, float max, float low, float high, bool needsEntropy, int block)
    {
        float largest = float.NegativeInfinity;
        for (int start = 0; start < length; start += block)
        {
            var v = list.Load(Range(start, block, length));
            largest = Max(largest, Max(Where((v >= low) & (v <= high), v, float.NegativeInfinity)));
        }

        // Weights and weights times distance from the largest, which are at most 1 / e, in halves that sum in 32 bits for up to 2^19 tokens.
        int count = 0;
        uint upper = 0, lower = 0, upperSurprise = 0, lowerSurprise = 0;
        for (int kind = 0; kind < (needsEntropy ? 5 : 3); kind++)
        {
            int weightFactor = kind == 1 || kind == 2 ? 1 : 0, surpriseFactor = kind >= 3 ? 1 : 0, one = kind == 0 ? 1 : 0;
            int shift = kind == 1 || kind == 3 ? LowBits : 0, mask = kind == 2 || kind == 4 ? LowMask : -1;
            uint sum = 0;
            for (int start = 0; start < length; start += block)
            {
                var at = Range(start, block, length);
                var v = list.Load(at);
                var isIn = (v >= low) & (v <= high);
                var w = weights.LoadInt(at);
                var surprise = ((w.ToFloat() * Where(isIn, max - v, 0f)) + 0.5f).ToInt();
                var part = Where(isIn, (w * weightFactor) + (surprise * surpriseFactor) + one, 0);
                sum += Sum(((part >> shift) & mask).ToUInt());
            }

            count = kind == 0 ? (int)sum : count;
            upper = kind == 1 ? sum : upper;
            lower = kind == 2 ? sum : lower;
            upperSurprise = kind == 3 ? sum : upperSurprise;
            lowerSurprise = kind == 4 ? sum : lowerSurprise;
        }

        float mass = Join(upper, lower);
        return (count, mass, largest, Log(mass * (1 / Unit)) + (Join(upperSurprise, lowerSurprise) / mass));
    }

    /// <summary>Standard deviation of the logits of an interval.</summary>
    [DeviceFunction]
    public static float Deviation(View1<float> list, int length, float max, float low, float high, int count, bool isWanted, int block)
    {
        // The mean first, then the squares of what is off it: two loops, as one of two rounds came out wrong of a driver's compiler.
        int end = isWanted ? length : 0, divisor = Max(count, 1);
        float sum = 0;
        for (int start = 0; start < end; start += block)
        {
            var v = list.Load(Range(start, block, end));
            sum += Sum(Where((v >= low) & (v <= high), v - max, 0f));
        }

        float mean = sum / divisor, squares = 0;
        for (int start = 0; start < end; start += block)
        {
            var v = list.Load(Range(start, block, end));
            var off = Where((v >= low) & (v <= high), v - max - mean, 0f);
            squares += Sum(off * off);
        }

        return Sqrt(squares / divisor);
    }

    /// <summary>
    /// The largest threshold that at least so much of an interval reaches: of its logits, or of how near they are to a center, the negative
    /// distance. Found by bisection; more never weighs less, whatever is rounded.
    /// </summary>
    /// <param name="list">The candidates.</param>
    /// <param name="weights">Their weights.</param>
    /// <param name="length">How many there are.</param>
    /// <param name="low">The least logit of the interval.</param>
    /// <param name="high">The largest logit of the interval.</param>
    /// <param name="isNear">Search by distance.</param>
    /// <param name="center">From what.</param>
    /// <param name="isCount">Count candidates instead of weighing them.</param>
    /// <param name="wanted">The weight, or number, that must reach the threshold.</param>
    /// <param name="isWanted">Whether to search at all.</param>
    /// <param name="block">Candidates taken at a time.</param>
    [DeviceFunction]
    public static float Threshold(
        View1<float> list, View1<int> weights, int length, float low, float high, bool isNear, float center, bool isCount, float wanted, bool isWanted,
        int block)
    {
        int weightFactor = isCount ? 0 : 1, one = isCount ? 1 : 0;
        float scale = isNear ? 0 : 1;
        int under = OrderedBits(isNear ? -Max(Abs(high - center), Abs(center - low)) : low), over = OrderedBits(isNear ? -0f : high);
        over = isWanted ? over : under;
        while (under < over)
        {
            int middle = MiddleAbove(under, over);
            float threshold = FromOrderedBits(middle);
            uint upper = 0, lower = 0;
            for (int half = isCount ? 1 : 0; half < 2; half++)
            {
                int shift = half == 0 ? LowBits : 0, mask = half == 0 || isCount ? -1 : LowMask;
                uint sum = 0;
                for (int start = 0; start < length; start += block)
                {
                    var at = Range(start, block, length);
                    var v = list.Load(at);
                    var key = (v * scale) - (Abs(v - center) * (1 - scale));
                    var isIn = (v >= low) & (v <= high) & (key >= threshold);
                    sum += Sum(((Where(isIn, (weights.LoadInt(at) * weightFactor) + one, 0) >> shift) & mask).ToUInt());
                }

                upper = half == 0 ? sum : upper;
                lower = half == 1 ? sum : lower;
            }

            bool isReached = (isCount ? lower : Join(upper, lower)) >= wanted;
            under = isReached ? middle : under;
            over = isReached ? over : middle - 1;
        }

        return FromOrderedBits(under);
    }

    /// <summary>The least logit in an interval, +inf if there is none.</summary>
    [DeviceFunction]
    public static float Least(View1<float> list, int length, float low, float high, bool isWanted, int block)
    {
        float least = float.PositiveInfinity;
        int end = isWanted ? length : 0;
        for (int start = 0; start < end; start += block)
        {
            var v = list.Load(Range(start, block, end));
            least = Min(least, Min(Where((v >= low) & (v <= high), v, float.PositiveInfinity)));
        }

        return least;
    }

    [DeviceFunction]
    private static float Join(uint upper, uint lower) =>
        ((float)(upper + (lower >> LowBits)) * (1 << LowBits)) + (lower & LowMask);
}
