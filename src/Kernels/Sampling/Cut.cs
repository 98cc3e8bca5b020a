using static KernelFoundry.Kernels.SamplerMath;
using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>What can be drawn.</content>
public static partial class Sampling
{
    /// <summary>Numbers in a cut's statistics.</summary>
    public const int CutStatistics = 3;

    /// <summary>
    /// Narrows the interval of logits that can be drawn by the truncations of a chain, one after another in one launch, without sorting: thresholds
    /// are found by bisection over the floats, which order as integers do. Weights are integers, whose sums have no order, so that the result is the
    /// same on every device. The place after the last only measures. Tail-free sampling is <see cref="CutTail"/>'s.
    /// </summary>
    /// <param name="size">How many candidates there are.</param>
    /// <param name="largest">The largest processed logit, which weights refer to.</param>
    /// <param name="list">Processed logits; -inf up to a whole group.</param>
    /// <param name="weights">Their weights, in units of 2^-26.</param>
    /// <param name="low">The least logit that is left before.</param>
    /// <param name="high">The largest logit that is left before.</param>
    /// <param name="interval">Output: the least and the largest logit that is left after.</param>
    /// <param name="statistics">
    /// Output, of what is left at the last place: log(sum(exp(logit))); how many logits; the entropy in nats where the truncation needs it or there
    /// is none.
    /// </param>
    /// <param name="before">log(sum(exp(logit))) before the chain's last truncation so far; left alone where there is none.</param>
    /// <param name="chain">The truncations.</param>
    /// <param name="first">The first place in the chain.</param>
    /// <param name="last">The last place.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    /// <param name="step">Number of the draw among those with the same seed.</param>
    /// <param name="block">Logits taken at a time.</param>
    /// <typeparam name="TChain">The chain.</typeparam>
    [Kernel(WorkGroup = 256, CudaWorkGroup = 1024)]
    [Axis("room", 256)]
    [Axis("first", 0, 1)]
    [Axis("last", 1, 3)]
    [Inputs(nameof(CandidateInputs))]
    [Reference(nameof(CutReference))]
    [Tolerance(typeof(float), 2e-5)]
    public static void Cut<[Functors(typeof(ChainProgram))] TChain>(
        [Shape(1)] [Range(64, 257)] View1<int> size,
        [Shape(1)] [Range(2, 3)] View1<float> largest,
        [Shape("room")] [Range(-3, 2)] View1<float> list,
        [Shape("room")] [Range(0, 1 << 26)] View1<int> weights,
        [Shape(1)] [Range(-2, -1)] View1<float> low,
        [Shape(1)] [Range(1, 2)] View1<float> high,
        [Shape(2)] View1<float> interval,
        [Shape(CutStatistics)] View1<float> statistics,
        [Shape(1)] [Accumulated] View1<float> before,
        TChain chain,
        [Value("first")] int first,
        [Value("last")] int last,
        [Range(0, 1e9)] uint seed,
        [Range(0, 1e6)] uint step,
        [Schedule(Cpu = 2048, OpenCl = 1024, Cuda = 4096)] int block)
        where TChain : struct, ITruncationChain<TChain>
    {
        int length = WholeGroups(size.LoadInt(0)), count = TChain.Count(chain), left = 0;
        float max = largest.Load(0), from = low.Load(0), to = high.Load(0);
        float logTotal = 0, entropy = 0, totalBefore = before.Load(0);
        for (int index = first; index <= last; index++)
        {
            bool isLast = index >= count;
            int method = Where(isLast, Truncation.None, TChain.Method(chain, Where(isLast, 0, index)));
            float amount = TChain.Amount(chain, Where(isLast, 0, index));
            bool needsEntropy = method == Truncation.None || method == Truncation.Eta || method == Truncation.Typical || method == Truncation.Own;
            var (number, mass, top, nats) = CandidateList.Summarize(list, weights, length, max, from, to, needsEntropy, block);
            left = number;
            entropy = needsEntropy ? nats : 0;
            logTotal = max + Log(mass * (1 / Unit));
            totalBefore = isLast ? totalBefore : logTotal;
            float threshold = method == Truncation.MinP ? top + amount
                : method == Truncation.TopA ? amount + top + (top - logTotal)
                : method == Truncation.Epsilon ? logTotal + amount
                : method == Truncation.Eta ? logTotal + Min(amount, (amount * 0.5f) - entropy)
                : method == Truncation.Surprise ? logTotal - amount
                : method == Truncation.Own ? TChain.Threshold(chain, top, logTotal, entropy)
                : from;
            bool isCount = method == Truncation.TopK, isNear = method == Truncation.Typical;
            bool isSearched = (isCount && amount > 0 && amount < number) || ((isNear || method == Truncation.TopP) && amount < 1);
            float center = logTotal - entropy;
            float found = CandidateList.Threshold(
                list, weights, length, from, to, isNear, center, isCount, isCount ? amount : amount * mass, isSearched, block);

            // A center less a distance from it is a logit but for rounding: what differs by less counts as a tie.
            float slack = 3e-7f * (Abs(center) - found);
            threshold = !isSearched ? threshold : isNear ? center + found - slack : found;

            bool isSigma = method == Truncation.TopNSigma;
            float deviation = CandidateList.Deviation(list, length, max, from, to, number, isSigma, block);
            threshold = isSigma ? top - (amount * deviation) : threshold;

            // Counters of tokens are far below.
            float probability = TChain.Second(chain, Where(isLast, 0, index));
            bool isExcluding = method == Truncation.Xtc && Uniform(seed, step, uint.MaxValue - (uint)index) < probability;
            float least = CandidateList.Least(list, length, Max(from, logTotal + amount), to, isExcluding, block);
            to = isExcluding ? Min(to, least) : isSearched && isNear ? Min(to, center - found + slack) : to;
            from = Max(from, Min(threshold, top));
        }

        statistics.Store(0, logTotal);
        statistics.Store(1, left);
        statistics.Store(2, entropy);
        before.Store(0, totalBefore);
        interval.Store(0, from);
        interval.Store(1, to);
    }

    // As they are left: up to a whole group, -inf, which weighs nothing. A workload's case holds indices only.
    private static void CandidateInputs(KernelCase c)
    {
        if (!c.Has("list"))
            return;
        for (int i = (int)c.Values("size")[0]; i < c.Values("list").Length && i % Group != 0; i++)
        {
            c.Values("list")[i] = double.NegativeInfinity;
            if (c.Has("weights"))
                c.Values("weights")[i] = 0;
        }
    }

    // By sorting, for chains of top-k, top-p and min-p.
    private static void CutReference(KernelCase c)
    {
        var chain = (ChainProgram)c.Functor("chain");
        double[] x = c.Values("list"), weights = c.Values("weights"), statistics = c.Output("statistics"), before = c.Output("before");
        double max = c.Values("largest")[0], from = c.Values("low")[0], to = c.Values("high")[0];
        for (int index = c.Int("first"); index <= c.Int("last"); index++)
        {
            List<int> kept = [.. Enumerable.Range(0, (int)c.Values("size")[0]).Where(i => x[i] >= from && x[i] <= to).OrderByDescending(i => x[i])];
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
            before[0] = isLast ? before[0] : logTotal;
            (statistics[0], statistics[1]) = (logTotal, kept.Count);
            statistics[2] = isLast ? Math.Log(total / SamplerMath.Unit) + (kept.Sum(id => weights[id] * (max - x[id])) / total) : 0;
            from = Math.Max(from, Math.Min(least, x[kept[0]]));
        }

        (c.Output("interval")[0], c.Output("interval")[1]) = (from, to);
    }
}
