using static KernelFoundry.Kernels.SamplerMath;
using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>What is read again.</content>
public static partial class Sampling
{
    /// <summary>
    /// Reads the listed groups again, processes their logits as the screening did and lists those that can matter to a draw, in their order: of the groups
    /// that hold one of the k largest logits, little more than k are as large as the least of them. What follows works on these alone. Each gets its
    /// weight exp(logit - largest) as an integer, whose sums have no order, and its noise: that of token i comes from Philox with key seed, stream step and counter i.
    /// NaN and +inf never matter.
    /// </summary>
    /// <param name="logits">[vocabulary].</param>
    /// <param name="groups">The groups.</param>
    /// <param name="counts">How many there are, first.</param>
    /// <param name="largest">The largest processed logit.</param>
    /// <param name="floor">The least logit that matters.</param>
    /// <param name="size">Output, how many candidates there are.</param>
    /// <param name="list">Output, the candidates' processed logits; room for all tokens.</param>
    /// <param name="tokens">Output, their tokens, ascending.</param>
    /// <param name="weights">Output, weights in units of 2^-26.</param>
    /// <param name="noisy">Output, logits with noise.</param>
    /// <param name="processor">What becomes of the logits first; as in the screening.</param>
    /// <param name="noise">How much Gumbel noise is added: 1 draws, 0 takes the largest logits.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    /// <param name="step">Number of the draw among those with the same seed.</param>
    /// <param name="block">Logits taken at a time.</param>
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
        [Shape(1)] [Range(20, 21)] View1<float> largest,
        [Shape(1)] [Range(-1, 2)] View1<float> floor,
        [Shape(1)] View1<int> size,
        [Shape("room")] View1<float> list,
        [Shape("room")] View1<int> tokens,
        [Shape("room")] View1<int> weights,
        [Shape("room")] View1<float> noisy,
        TProcessor processor,
        [Value(1f)] float noise,
        [Range(0, 1e9)] uint seed,
        [Range(0, 1e6)] uint step,
        [Schedule(Cpu = 1024, OpenCl = 1024, Cuda = 4096)] int block)
        where TProcessor : struct, ILogitsProcessor<TProcessor>
    {
        int length = counts.LoadInt(0) * Group, found = 0;
        float max = largest.Load(0), least = floor.Load(0);
        for (int start = 0; start < length; start += block)
        {
            var at = Range(start, block, length);
            var group = at / Group;
            var ids = at + ((groups.LoadInt(group) - group) * Group);
            var isToken = ids < logits.Extent0;
            var v = TProcessor.Apply(processor, logits.Load(ids, isToken, float.NegativeInfinity), Min(ids, logits.Extent0 - 1));
            var matters = isToken & (v >= least) & (v < float.PositiveInfinity);
            var place = CumSum(Where(matters, 1, 0)) + (found - 1);
            list.Store(place, v, matters);
            tokens.StoreInt(place, ids, matters);
            found += Sum(Where(matters, 1, 0));
        }

        for (int start = 0; start < found; start += block)
        {
            var at = Range(start, block, found);
            var v = list.Load(at);
            weights.StoreInt(at, Where(v >= max - Reach, Weight(Min(v - max, 0f)), 0));
            noisy.Store(at, noise == 0 ? v : v + (noise * Gumbel(seed, step, tokens.LoadInt(at))));
        }

        size.StoreInt(0, found);
    }

    private static void CollectReference(KernelCase c)
    {
        double[] logits = c.Values("logits"), list = c.Output("list"), tokens = c.Output("tokens"), noisy = c.Output("noisy"), magnitude = c.Magnitude("noisy");
        var processor = (ILogitsReference)c.Functor("processor");
        int found = 0;
        for (int i = 0; i < c.Values("counts")[0] * Group; i++)
        {
            int id = ((int)c.Values("groups")[i / Group] * Group) + (i % Group);
            if (id >= logits.Length || !(processor.Reference(logits[id], id) is var v && v >= c.Values("floor")[0]))
                continue;
            double u = (Ops.Philox((uint)c.Scalar("seed"), (uint)c.Scalar("step"), (uint)id) + 0.5) / 4294967296, exponential = -Math.Log(1 - u);
            (list[found], tokens[found], noisy[found]) = (v, id, v - Math.Log(exponential));

            // Near 1 a float u is 2^-25 off: what is lost of noise far below zero, which never decides.
            magnitude[found] = Math.Abs(noisy[found]) + (Math.Pow(2, -25) / ((1 - u) * exponential) / 2e-6);
            found++;
        }

        c.Output("size")[0] = found;

        // Integers in units of 2^-26 are no result to compare bit for bit; what is drawn from them is.
        c.Scratch("weights");
    }
}
