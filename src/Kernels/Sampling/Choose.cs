using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The draw.</content>
public static partial class Sampling
{
    /// <summary>
    /// The tokens of the largest logits with noise, of those in an interval: with Gumbel noise the first is a draw from softmax of the logits
    /// (Maddison et al., "A* Sampling", 2014, section 2), and all are a sample without replacement (Kool et al., "Stochastic Beams and Where to Find
    /// Them", 2019, section 3). The lowest id wins ties.
    /// </summary>
    /// <param name="size">How many candidates there are.</param>
    /// <param name="candidates">Their tokens, ascending.</param>
    /// <param name="list">Their processed logits; -inf up to a whole group.</param>
    /// <param name="noisy">Their logits with noise.</param>
    /// <param name="interval">The least and the largest logit that can be drawn.</param>
    /// <param name="statistics">log(sum(exp(logit))) of them, first.</param>
    /// <param name="tokens">Output: tokens, the first drawn first, [draws]; -1 where fewer can be drawn.</param>
    /// <param name="logProbabilities">Output, logarithms of the probabilities they were drawn with, [draws].</param>
    /// <param name="block">Logits taken at a time.</param>
    [Kernel(WorkGroup = 256, CudaWorkGroup = 1024)]
    [Axis("draws", 1, 3)]
    [Axis("room", 256)]
    [Inputs(nameof(CandidateInputs))]
    [Reference(nameof(ChooseReference))]
    [Tolerance(typeof(float), 1e-6)]
    public static void Choose(
        [Shape(1)] [Range(64, 257)] View1<int> size,
        [Shape("room")] [Range(0, 1000)] View1<int> candidates,
        [Shape("room")] [Range(-3, 2)] View1<float> list,
        [Shape("room")] View1<float> noisy,
        [Shape(2)] View1<float> interval,
        [Shape(CutStatistics)] View1<float> statistics,
        [Shape("draws")] View1<int> tokens,
        [Shape("draws")] View1<float> logProbabilities,
        [Schedule(Cpu = 512, OpenCl = 1024, Cuda = 4096)] int block)
    {
        int length = WholeGroups(size.LoadInt(0));
        float low = interval.Load(0), high = interval.Load(1);

        // The next largest each time: below the last, or as large and after it.
        float bar = float.PositiveInfinity;
        int last = -1;
        for (int i = 0; i < tokens.Extent0; i++)
        {
            float best = float.NegativeInfinity;
            int drawn = -1;
            for (int start = 0; start < length; start += block)
            {
                var at = Range(start, block, length);
                var v = list.Load(at);
                var x = noisy.Load(at);
                var open = Where((v >= low) & (v <= high) & ((x < bar) | ((x == bar) & (at > last))), x, float.NegativeInfinity);
                float top = Max(open);
                int first = Ops.ArgMax(open);
                drawn = top > best ? start + first : drawn;
                best = Max(best, top);
            }

            bar = best;
            last = drawn;
            int place = Max(drawn, 0);
            float logProbability = list.Load(place) - statistics.Load(0);
            tokens.StoreInt(i, Where(drawn < 0, -1, candidates.LoadInt(place)));
            logProbabilities.Store(i, Where(drawn < 0, float.NegativeInfinity, logProbability));
        }
    }

    private static void ChooseReference(KernelCase c)
    {
        double[] x = c.Values("list"), noisy = c.Values("noisy"), candidates = c.Values("candidates"), interval = c.Values("interval");
        double[] tokens = c.Output("tokens"), log = c.Output("logProbabilities");
        int[] drawn = [.. Enumerable.Range(0, (int)c.Values("size")[0]).Where(i => x[i] >= interval[0] && x[i] <= interval[1])
            .OrderByDescending(i => noisy[i]).ThenBy(i => i)];
        for (int i = 0; i < tokens.Length; i++)
        {
            (tokens[i], log[i]) = i < drawn.Length
                ? (candidates[drawn[i]], x[drawn[i]] - c.Values("statistics")[0])
                : (-1, double.NegativeInfinity);
        }
    }
}
