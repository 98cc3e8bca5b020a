using static KernelFoundry.Kernels.SamplerMath;
using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>What a draw works on.</content>
public static partial class Sampling
{
    /// <summary>
    /// Reads the listed groups again: their processed logits, weights exp(logit - largest) as integers, whose sums have no order, and logits with
    /// noise. The noise of token i comes from Philox with key seed, stream step and counter i. NaN and +inf become -inf.
    /// </summary>
    /// <param name="logits">[vocabulary].</param>
    /// <param name="groups">The groups.</param>
    /// <param name="counts">How many there are, first.</param>
    /// <param name="largest">The largest processed logit.</param>
    /// <param name="list">Output, logits, 64 a group; room for all groups.</param>
    /// <param name="weights">Output, weights in units of 2^-26, as many.</param>
    /// <param name="noisy">Output, logits with noise, as many.</param>
    /// <param name="processor">What becomes of the logits first; as in the screening.</param>
    /// <param name="noise">How much Gumbel noise is added: 1 draws, 0 takes the largest logits.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    /// <param name="step">Number of the draw among those with the same seed.</param>
    /// <param name="span">Groups a program.</param>
    /// <typeparam name="TProcessor">The processor.</typeparam>
    [Kernel]
    [Axis("vocabulary", 1, 7, 63, 64, 65, 127, 4095)]
    [Axis("groups", 64)]
    [Axis("room", 4096)]
    [Reference(nameof(CollectReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void Collect<[Functors(typeof(TemperatureProcessor), typeof(MaskedTemperatureProcessor))] TProcessor>(
        [Shape("vocabulary")] [Range(-3, 3)] View1<float> logits,
        [Shape("groups")] [Range(0, 1)] View1<int> groups,
        [Shape(3)] [Range(0, 65)] View1<int> counts,
        [Shape(1)] [Range(2, 3)] View1<float> largest,
        [Shape("room")] View1<float> list,
        [Shape("room")] View1<int> weights,
        [Shape("room")] View1<float> noisy,
        TProcessor processor,
        [Value(1f)] float noise,
        [Range(0, 1e9)] uint seed,
        [Range(0, 1e6)] uint step,
        [Schedule(Cpu = 32, OpenCl = 4)] int span)
        where TProcessor : struct, ILogitsProcessor<TProcessor>
    {
        int program = ProgramId(0, CeilDiv(groups.Extent0, span));
        int end = Min((program + 1) * span, counts.LoadInt(0));
        float max = largest.Load(0);
        for (int i = program * span; i < end; i++)
        {
            var ids = Range(groups.LoadInt(i) * Group, Group);
            var isToken = ids < logits.Extent0;
            var v = TProcessor.Apply(processor, logits.Load(ids, isToken, float.NegativeInfinity), Min(ids, logits.Extent0 - 1));
            v = Where(isToken & (v < float.PositiveInfinity), v, float.NegativeInfinity);
            var at = Range(i * Group, Group);
            list.Store(at, v);
            weights.StoreInt(at, Where(v >= max - Reach, Weight(Min(v - max, 0f)), 0));
            noisy.Store(at, noise == 0 ? v : v + (noise * Gumbel(seed, step, ids)));
        }
    }

    private static void CollectReference(KernelCase c)
    {
        double[] logits = c.Values("logits"), list = c.Output("list"), weights = c.Output("weights"), noisy = c.Output("noisy");
        var processor = (ILogitsReference)c.Functor("processor");
        for (int i = 0; i < c.Values("counts")[0] * Group; i++)
        {
            int id = ((int)c.Values("groups")[i / Group] * Group) + (i % Group);
            double v = id < logits.Length ? processor.Reference(logits[id], id) : double.NegativeInfinity;
            double u = (Ops.Philox((uint)c.Scalar("seed"), (uint)c.Scalar("step"), (uint)id) + 0.5) / 4294967296;
            (list[i], noisy[i]) = (v, v - Math.Log(-Math.Log(1 - u)));
            weights[i] = 0;
        }

        // Integers in units of 2^-26 are no result to compare bit for bit; what is drawn from them is.
        c.Scratch("weights");
    }
}
