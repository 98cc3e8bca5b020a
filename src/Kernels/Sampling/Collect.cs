using static KernelFoundry.Kernels.SamplerMath;
using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>What is read again.</content>
public static partial class Sampling
{
    /// <summary>Candidates that <see cref="Collect"/> weighs itself: more are <see cref="Weigh"/>'s.</summary>
    public const int Few = 1024;

    /// <summary>
    /// Reads the listed groups again, processes their logits as the screening did and lists the tokens of those that can matter to a draw: of the groups
    /// that hold one of the k largest logits, little more than k are as large as the least of them. What follows works on these alone.
    /// NaN and +inf never matter. The first 1024 it weighs as <see cref="Weigh"/> does, which need not be launched where there are no more.
    /// </summary>
    /// <param name="logits">[vocabulary].</param>
    /// <param name="groups">The groups.</param>
    /// <param name="counts">How many there are, first.</param>
    /// <param name="floor">The least logit that matters.</param>
    /// <param name="largest">The largest processed logit.</param>
    /// <param name="size">Output, how many candidates there are.</param>
    /// <param name="tokens">Output, their tokens, ascending; room for all.</param>
    /// <param name="list">Output, processed logits; room for all, as the next two.</param>
    /// <param name="weights">Output, weights in units of 2^-26.</param>
    /// <param name="noisy">Output, logits with noise.</param>
    /// <param name="processor">What becomes of the logits first; as in the screening.</param>
    /// <param name="noise">How much Gumbel noise is added: 1 draws, 0 takes the largest logits.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    /// <param name="step">Number of the draw among those with the same seed.</param>
    /// <param name="block">Logits taken at a time.</param>
    /// <param name="span">Candidates weighed at a time.</param>
    /// <typeparam name="TProcessor">The processor.</typeparam>
    [Kernel(WorkGroup = 256, CudaWorkGroup = 1024)]
    [Axis("vocabulary", 1, 7, 63, 64, 65, 127, 4095)]
    [Axis("groups", 64)]
    [Axis("room", 4096)]
    [Reference(nameof(CollectReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void Collect<[Functors(typeof(TemperatureProcessor), typeof(MaskedTemperatureProcessor))] TProcessor>(
        [Shape("vocabulary")] [Range(-3, 3)] View1<float> logits,
        [Shape("groups")] [Range(0, 1)] View1<int> groups,
        [Shape(3)] [Range(0, 65)] View1<int> counts,
        [Shape(1)] [Range(-1, 2)] View1<float> floor,
        [Shape(1)] [Range(20, 21)] View1<float> largest,
        [Shape(1)] View1<int> size,
        [Shape("room")] View1<int> tokens,
        [Shape("room")] View1<float> list,
        [Shape("room")] View1<int> weights,
        [Shape("room")] View1<float> noisy,
        TProcessor processor,
        [Value(1f)] float noise,
        [Range(0, 1e9)] uint seed,
        [Range(0, 1e6)] uint step,
        [Schedule(Cpu = 1024, OpenCl = 1024, Cuda = 2048)] int block,
        [Schedule(Cpu = 64, OpenCl = 256, Cuda = 1024)] int span)
        where TProcessor : struct, ILogitsProcessor<TProcessor>
    {
        int length = counts.LoadInt(0) * Group, found = 0;
        float least = floor.Load(0);
        for (int start = 0; start < length; start += block)
        {
            var at = Range(start, block, length);
            var group = at / Group;
            var ids = at + ((groups.LoadInt(group) - group) * Group);
            var isToken = ids < logits.Extent0;
            var v = TProcessor.Apply(processor, logits.Load(ids, isToken, float.NegativeInfinity), Min(ids, logits.Extent0 - 1));
            var matters = isToken & (v >= least) & (v < float.PositiveInfinity);

            // One store of a place, as a driver's compiler loses what is stored at it a second time.
            var place = CumSum(Where(matters, 1, 0));
            tokens.StoreInt(place + (found - 1), ids, matters);
            found += Sum(Where(matters, 1, 0));
        }

        size.StoreInt(0, found);
        float max = largest.Load(0);
        int few = Min(WholeGroups(found), Few);
        for (int start = 0; start < few; start += span)
        {
            var at = Range(start, span, few);
            var (v, weight, withNoise) = Weighed(logits, tokens, at, found, max, processor, noise, seed, step);
            list.Store(at, v);
            weights.StoreInt(at, weight);
            noisy.Store(at, withNoise);
        }
    }

    private static void CollectReference(KernelCase c)
    {
        double[] logits = c.Values("logits"), tokens = c.Output("tokens");
        var processor = (ILogitsReference)c.Functor("processor");
        int found = 0;
        for (int i = 0; i < c.Values("counts")[0] * Group; i++)
        {
            int id = ((int)c.Values("groups")[i / Group] * Group) + (i % Group);
            if (id < logits.Length && processor.Reference(logits[id], id) >= c.Values("floor")[0])
                tokens[found++] = id;
        }

        c.Output("size")[0] = found;
        Weigh(c, tokens, Math.Min(found, Few));
    }
}
