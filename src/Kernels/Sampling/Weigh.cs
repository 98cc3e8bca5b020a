using static KernelFoundry.Kernels.SamplerMath;
using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>What a draw works on.</content>
public static partial class Sampling
{
    /// <summary>
    /// Gives the candidates their processed logits, their weights exp(logit - largest) as integers, whose sums have no order, and their noise: that of
    /// token i comes from Philox with key seed, stream step and counter i. In many programs, as of a flat distribution all tokens are candidates.
    /// The last group of 64 is filled with logits of -inf, which weigh nothing, so that what follows works on whole groups.
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
        int length = size.LoadInt(0);
        int program = ProgramId(0, CeilDiv(tokens.Extent0, span));
        var at = Range(program * span, span, WholeGroups(length));
        var (v, weight, withNoise) = Weighed(logits, tokens, at, length, largest.Load(0), processor, noise, seed, step);
        list.Store(at, v);
        weights.StoreInt(at, weight);
        noisy.Store(at, withNoise);
    }

    /// <summary>So many, rounded up to whole groups.</summary>
    [DeviceFunction]
    private static int WholeGroups(int length) => CeilDiv(length, Group) * Group;

    [DeviceFunction]
    private static (Tile<float> Logit, Tile<int> Weight, Tile<float> Noisy) Weighed<TProcessor>(
        View1<float> logits, View1<int> tokens, Tile<int> at, int length, float max, TProcessor processor, float noise, uint seed, uint step)
        where TProcessor : struct, ILogitsProcessor<TProcessor>
    {
        var isCandidate = at < length;
        var ids = tokens.LoadInt(at, isCandidate, 0);
        var v = Where(isCandidate, TProcessor.Apply(processor, logits.Load(ids), ids), float.NegativeInfinity);
        return (v, Where(v >= max - Reach, Weight(Min(v - max, 0f)), 0), v + (noise * Gumbel(seed, step, ids)));
    }

    private static void WeighReference(KernelCase c) => Weigh(c, c.Values("tokens"), (int)c.Values("size")[0]);

    private static void Weigh(KernelCase c, double[] tokens, int size)
    {
        double[] logits = c.Values("logits");
        double[] list = c.Output("list"), noisy = c.Output("noisy"), magnitude = c.Magnitude("noisy");
        var processor = (ILogitsReference)c.Functor("processor");
        for (int i = size; i % Group != 0; i++)
            list[i] = noisy[i] = double.NegativeInfinity;
        for (int i = 0; i < size; i++)
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
