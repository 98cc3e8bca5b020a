using static KernelFoundry.Kernels.SamplerMath;
using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>What can be drawn.</content>
public static partial class Sampling
{
    /// <summary>Numbers in a cut's statistics.</summary>
    public const int CutStatistics = 3;

    /// <summary>
    /// Narrows the interval of logits that can be drawn by one truncation of a chain, without sorting: its threshold is found by bisection over the
    /// floats, which order as integers do. Weights are integers, whose sums have no order, so that the result is the same on every device. The place
    /// after the last only measures. Tail-free sampling is <see cref="CutTail"/>'s.
    /// </summary>
    /// <param name="counts">How many groups were read, first.</param>
    /// <param name="largest">The largest processed logit, which weights refer to.</param>
    /// <param name="list">Processed logits, 64 a group.</param>
    /// <param name="weights">Their weights, in units of 2^-26.</param>
    /// <param name="low">The least logit that is left before.</param>
    /// <param name="high">The largest logit that is left before.</param>
    /// <param name="interval">Output: the least and the largest logit that is left after.</param>
    /// <param name="statistics">
    /// Output, of what is left before: log(sum(exp(logit))); how many logits; the entropy in nats where the truncation needs it or there is none.
    /// </param>
    /// <param name="chain">The truncations.</param>
    /// <param name="index">The place in the chain.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    /// <param name="step">Number of the draw among those with the same seed.</param>
    /// <param name="block">Logits taken at a time.</param>
    /// <typeparam name="TChain">The chain.</typeparam>
    [Kernel(WorkGroup = 256, CudaWorkGroup = 1024)]
    [Axis("room", 256)]
    [Axis("index", 0, 1, 2, 3)]
    [Reference(nameof(CutReference))]
    [Tolerance(typeof(float), 2e-5)]
    public static void Cut<[Functors(typeof(ChainProgram))] TChain>(
        [Shape(3)] [Range(1, 5)] View1<int> counts,
        [Shape(1)] [Range(2, 3)] View1<float> largest,
        [Shape("room")] [Range(-3, 2)] View1<float> list,
        [Shape("room")] [Range(0, 1 << 26)] View1<int> weights,
        [Shape(1)] [Range(-2, -1)] View1<float> low,
        [Shape(1)] [Range(1, 2)] View1<float> high,
        [Shape(2)] View1<float> interval,
        [Shape(CutStatistics)] View1<float> statistics,
        TChain chain,
        [Value("index")] int index,
        [Range(0, 1e9)] uint seed,
        [Range(0, 1e6)] uint step,
        [Schedule(Cpu = 2048, OpenCl = 1024, Cuda = 4096)] int block)
        where TChain : struct, ITruncationChain<TChain>
    {
        int length = counts.LoadInt(0) * Group;
        bool isLast = index >= TChain.Count(chain);
        int method = Where(isLast, Truncation.None, TChain.Method(chain, Where(isLast, 0, index)));
        float amount = TChain.Amount(chain, Where(isLast, 0, index));
        float max = largest.Load(0), from = low.Load(0), to = high.Load(0);
        bool needsEntropy = method == Truncation.None || method == Truncation.Eta || method == Truncation.Typical || method == Truncation.Own;
        var (size, mass, top, entropy) = CandidateList.Summarize(list, weights, length, max, from, to, needsEntropy, block);
        float logTotal = max + Log(mass * (1 / Unit));
        float threshold = method == Truncation.MinP ? top + amount
            : method == Truncation.TopA ? amount + top + (top - logTotal)
            : method == Truncation.Epsilon ? logTotal + amount
            : method == Truncation.Eta ? logTotal + Min(amount, (amount * 0.5f) - entropy)
            : method == Truncation.Surprise ? logTotal - amount
            : method == Truncation.Own ? TChain.Threshold(chain, top, logTotal, entropy)
            : from;
        bool isCount = method == Truncation.TopK, isNear = method == Truncation.Typical;
        bool isSearched = (isCount && amount > 0 && amount < size) || ((isNear || method == Truncation.TopP) && amount < 1);
        float center = logTotal - entropy;
        float found = CandidateList.Threshold(
            list, weights, length, from, to, isNear, center, isCount, isCount ? amount : amount * mass, isSearched, block);

        // A center less a distance from it is a logit but for rounding: what differs by less counts as a tie.
        float slack = 3e-7f * (Abs(center) - found);
        threshold = !isSearched ? threshold : isNear ? center + found - slack : found;

        bool isSigma = method == Truncation.TopNSigma;
        float deviation = CandidateList.Deviation(list, length, max, from, to, size, isSigma, block);
        threshold = isSigma ? top - (amount * deviation) : threshold;

        // Counters of tokens are far below.
        float probability = TChain.Second(chain, Where(isLast, 0, index));
        bool isExcluding = method == Truncation.Xtc && Uniform(seed, step, uint.MaxValue - (uint)index) < probability;
        float least = CandidateList.Least(list, length, Max(from, logTotal + amount), to, isExcluding, block);
        to = isExcluding ? Min(to, least) : isSearched && isNear ? Min(to, center - found + slack) : to;

        from = Max(from, Min(threshold, top));
        statistics.Store(0, logTotal);
        statistics.Store(1, size);
        statistics.Store(2, Where(needsEntropy, entropy, 0f));
        interval.Store(0, from);
        interval.Store(1, to);
    }

    // By sorting, for chains of top-k, top-p and min-p.
    private static void CutReference(KernelCase c)
    {
        var chain = (ChainProgram)c.Functor("chain");
        int index = c.Int("index");
        double[] x = c.Values("list"), weights = c.Values("weights");
        double max = c.Values("largest")[0], from = c.Values("low")[0], to = c.Values("high")[0];
        List<int> kept = [.. Enumerable.Range(0, (int)c.Values("counts")[0] * Group).Where(i => x[i] >= from && x[i] <= to).OrderByDescending(i => x[i])];
        double total = kept.Sum(i => weights[i]), logTotal = max + Math.Log(total / SamplerMath.Unit), mass = 0;
        bool isLast = index >= chain.Length;
        float amount = isLast ? 0 : ChainProgram.Amount(chain, index);
        double least = (isLast ? Truncation.None : ChainProgram.Method(chain, index)) switch
        {
            Truncation.TopK when amount > 0 && amount < kept.Count => x[kept[(int)Math.Ceiling(amount) - 1]],
            Truncation.TopP when amount < 1 => x[kept.First(id => (mass += weights[id]) >= amount * total)],
            Truncation.MinP => x[kept[0]] + amount,
            _ => from,
        };
        double[] statistics = c.Output("statistics"), interval = c.Output("interval");
        (statistics[0], statistics[1]) = (logTotal, kept.Count);
        statistics[2] = isLast ? Math.Log(total / SamplerMath.Unit) + (kept.Sum(id => weights[id] * (max - x[id])) / total) : 0;
        (interval[0], interval[1]) = (Math.Max(from, Math.Min(least, x[kept[0]])), to);
    }
}
