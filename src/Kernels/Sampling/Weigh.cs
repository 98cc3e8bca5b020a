using static KernelFoundry.Kernels.SamplerMath;
using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>What a draw works on.</content>
public static partial class Sampling
{
    /// <summary>
    /// Gives the candidates their processed logits, their weights exp(logit - largest) as integers, whose sums have no order, and their noise: that of
    /// token i comes from Philox with key seed, stream step and counter i. In many programs, as of a flat distribution all tokens are candidates.
    /// </summary>
    /// <param name="logits">[vocabulary].</param>
    /// <param name="tokens">The candidates' tokens.</param>
    /// <param name="size">How many there are.</param>
    /// <param name="largest">The largest processed logit.</param>
    /// <param name="list">Output, the candidates' processed logits; room for all tokens.</param>
    /// <param name="weights">Output, weights in units of 2^-26.</param>
    /// <param name="noisy">Output, logits with noise.</param>
    /// <param name="processor">What becomes of the logits first; as in the screening.</param>
    /// <param name="noise">How much Gumbel noise is added: 1 draws, 0 takes the largest logits.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    /// <param name="step">Number of the draw among those with the same seed.</param>
    /// <param name="span">Candidates a program.</param>
    /// <typeparam name="TProcessor">The processor.</typeparam>
    [Kernel]
    [Axis("vocabulary", 1000)]
    [Axis("room", 256)]
    [Reference(nameof(WeighReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void Weigh<[Functors(typeof(TemperatureProcessor), typeof(MaskedTemperatureProcessor))] TProcessor>(
        [Shape("vocabulary")] [Range(-3, 3)] View1<float> logits,
        [Shape("room")] [Range(0, 1000)] View1<int> tokens,
        [Shape(1)] [Range(0, 257)] View1<int> size,
        [Shape(1)] [Range(20, 21)] View1<float> largest,
        [Shape("room")] View1<float> list,
        [Shape("room")] View1<int> weights,
        [Shape("room")] View1<float> noisy,
        TProcessor processor,
        [Value(1f)] float noise,
        [Range(0, 1e9)] uint seed,
        [Range(0, 1e6)] uint step,
        [Schedule(Cpu = 1024, OpenCl = 256)] int span)
        where TProcessor : struct, ILogitsProcessor<TProcessor>
    {
        int program = ProgramId(0, CeilDiv(tokens.Extent0, span));
        var at = Range(program * span, span, Min(size.LoadInt(0), tokens.Extent0));
        float max = largest.Load(0);
        var ids = tokens.LoadInt(at);
        var v = TProcessor.Apply(processor, logits.Load(ids), ids);
        list.Store(at, v);
        weights.StoreInt(at, Where(v >= max - Reach, Weight(Min(v - max, 0f)), 0));
        noisy.Store(at, noise == 0 ? v : v + (noise * Gumbel(seed, step, ids)));
    }

    private static void WeighReference(KernelCase c)
    {
        double[] logits = c.Values("logits"), tokens = c.Values("tokens");
        double[] list = c.Output("list"), noisy = c.Output("noisy"), magnitude = c.Magnitude("noisy");
        var processor = (ILogitsReference)c.Functor("processor");
        for (int i = 0; i < (int)c.Values("size")[0]; i++)
        {
            int id = (int)tokens[i];
            double v = processor.Reference(logits[id], id);
            double u = (Ops.Philox((uint)c.Scalar("seed"), (uint)c.Scalar("step"), (uint)id) + 0.5) / 4294967296;
            double exponential = -Math.Log(1 - u);
            (list[i], noisy[i]) = (v, v - Math.Log(exponential));

            // Near 1 a float u is 2^-25 off: what is lost of noise far below zero, which never decides.
            magnitude[i] = Math.Abs(noisy[i]) + (Math.Pow(2, -25) / ((1 - u) * exponential) / 2e-6);
        }

        // Integers in units of 2^-26 are no result to compare bit for bit; what is drawn from them is.
        c.Scratch("weights");
    }
}
