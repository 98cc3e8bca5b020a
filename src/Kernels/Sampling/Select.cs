using static KernelFoundry.Kernels.SamplerMath;
using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Which groups of logits are read again.</content>
public static partial class Sampling
{
    /// <summary>
    /// Lists the groups of logits that can matter to a draw: those of the k largest maxima if the chain begins with top-k, else those less than
    /// 26.1 below the largest, as what is lower can never be drawn, nor weigh; without noise and chain, those of as many as tokens are wanted.
    /// Where k is small, the maxima of blocks say nearly as well as those of groups what the k largest are, and are a sixteenth of them.
    /// </summary>
    /// <param name="maxima">The largest logits of groups, then of blocks.</param>
    /// <param name="broken">What the screening counted, block by block.</param>
    /// <param name="groups">Output, the groups in ascending order; room for all.</param>
    /// <param name="counts">Output: how many groups there are in the list; how many logits are NaN or +inf; how many are -inf.</param>
    /// <param name="largest">Output, the largest logit.</param>
    /// <param name="floor">Output, the least that matters.</param>
    /// <param name="chain">The truncations.</param>
    /// <param name="draws">Tokens to draw.</param>
    /// <param name="noise">1 draws, 0 takes the largest logits.</param>
    /// <param name="block">Maxima taken at a time.</param>
    /// <typeparam name="TChain">The chain.</typeparam>
    [Kernel(WorkGroup = 256, CudaWorkGroup = 1024)]
    [Axis("blocks", 1, 7)]
    [Axis("maxima", 8, 40, 119)]
    [Reference(nameof(SelectReference))]
    [Tolerance(typeof(float), 1e-6)]
    public static void Select<[Functors(typeof(ChainProgram))] TChain>(
        [Shape("maxima")] View1<float> maxima,
        [Shape("blocks")] [Range(0, 200000)] View1<int> broken,
        [Shape("maxima")] View1<int> groups,
        [Shape(3)] View1<int> counts,
        [Shape(1)] View1<float> largest,
        [Shape(1)] View1<float> floor,
        TChain chain,
        [Value(1)] int draws,
        [Value(1f)] float noise,
        [Schedule(Cpu = 1024, OpenCl = 1024, Cuda = 4096)] int block)
        where TChain : struct, ITruncationChain<TChain>
    {
        int blocks = broken.Extent0, groupCount = maxima.Extent0 - blocks;
        float max = float.NegativeInfinity;
        int bad = 0, banned = 0;
        for (int start = 0; start < blocks; start += block)
        {
            var at = Range(start, block, blocks);
            var each = broken.LoadInt(at);
            max = Max(max, Max(maxima.Load(at + groupCount)));
            bad += Sum(each & (BannedUnit - 1));
            banned += Sum(each >> BannedBits);
        }

        int count = TChain.Count(chain);
        float least = Max(max - NoiseReach, -float.MaxValue);
        int amount = (int)TChain.Amount(chain, 0);
        int k = Where(count == 0, Where(noise == 0, draws, 0), Where(TChain.Method(chain, 0) == Truncation.TopK, amount, 0));

        // As many logits as there are such maxima are at least as large.
        int from = 2 * k <= blocks ? groupCount : 0, to = 2 * k <= blocks ? groupCount + blocks : groupCount;

        // A loop of no rounds where there is nothing to search for: see CandidateList.
        int under = OrderedBits(least), over = k > 0 && k < to - from ? OrderedBits(max) : under;
        while (under < over)
        {
            int middle = MiddleAbove(under, over);
            float threshold = FromOrderedBits(middle);
            int reached = 0;
            for (int start = from; start < to; start += block)
                reached += Sum(Where(maxima.Load(Range(start, block, to)) >= threshold, 1, 0));
            under = reached >= k ? middle : under;
            over = reached >= k ? over : middle - 1;
        }

        least = Max(least, FromOrderedBits(under));

        // The deviation is of all logits.
        for (int i = 0; i < count; i++)
            least = TChain.Method(chain, i) == Truncation.TopNSigma ? -float.MaxValue : least;

        int found = 0;
        for (int start = 0; start < groupCount; start += block)
        {
            var at = Range(start, block, groupCount);
            var isRead = maxima.Load(at) >= least;
            var place = CumSum(Where(isRead, 1, 0));
            groups.StoreInt(place + (found - 1), at, isRead);
            found += Sum(Where(isRead, 1, 0));
        }

        counts.StoreInt(0, found);
        counts.StoreInt(1, bad);
        counts.StoreInt(2, banned);
        largest.Store(0, max);
        floor.Store(0, least);
    }

    private static void SelectReference(KernelCase c)
    {
        double[] blocks = c.Values("maxima")[^c.Extent("broken", 0)..], maxima = c.Values("maxima")[..^blocks.Length];
        double[] groups = c.Output("groups"), counts = c.Output("counts");
        var chain = (ChainProgram)c.Functor("chain");
        double floor = blocks.Max() - NoiseReach;
        if (ChainProgram.Method(chain, 0) == Truncation.TopK && ChainProgram.Amount(chain, 0) is > 0 and var k)
        {
            double[] searched = 2 * k <= blocks.Length ? blocks : maxima;

            // Of drawn maxima those of groups may be above those of blocks; the search ends at the largest of these.
            floor = k < searched.Length ? Math.Max(floor, Math.Min(searched.OrderDescending().ElementAt((int)k - 1), blocks.Max())) : floor;
        }

        int[] read = [.. Enumerable.Range(0, maxima.Length).Where(i => maxima[i] >= floor)];
        for (int i = 0; i < read.Length; i++)
            groups[i] = read[i];
        (counts[0], counts[1], counts[2]) = (read.Length, c.Values("broken").Sum(x => x % BannedUnit), c.Values("broken").Sum(x => (int)x / BannedUnit));
        (c.Output("largest")[0], c.Output("floor")[0]) = (blocks.Max(), floor);
    }
}
