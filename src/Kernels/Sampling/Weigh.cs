using static KernelFoundry.Kernels.SamplerMath;
using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>What a draw works on.</content>
public static partial class Sampling
{
    /// <summary>
    /// Gives the candidates their tokens, their weights exp(logit - largest) as integers, whose sums have no order, and their noise: that of token i
    /// comes from Philox with key seed, stream step and counter i.
    /// </summary>
    /// <param name="collected">Processed logits, 64 a group.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="order">The candidates' places among the collected.</param>
    /// <param name="size">How many there are.</param>
    /// <param name="largest">The largest processed logit.</param>
    /// <param name="list">Output, the candidates' logits; room for all tokens.</param>
    /// <param name="tokens">Output, their tokens, ascending.</param>
    /// <param name="weights">Output, weights in units of 2^-26.</param>
    /// <param name="noisy">Output, logits with noise.</param>
    /// <param name="noise">How much Gumbel noise is added: 1 draws, 0 takes the largest logits.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    /// <param name="step">Number of the draw among those with the same seed.</param>
    /// <param name="span">Candidates a program.</param>
    [Kernel]
    [Axis("groups", 4)]
    [Axis("room", 256)]
    [Reference(nameof(WeighReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void Weigh(
        [Shape("room")] [Range(-3, 2)] View1<float> collected,
        [Shape("groups")] [Range(0, 1000)] View1<int> groups,
        [Shape("room")] [Range(0, 256)] View1<int> order,
        [Shape(1)] [Range(0, 257)] View1<int> size,
        [Shape(1)] [Range(2, 3)] View1<float> largest,
        [Shape("room")] View1<float> list,
        [Shape("room")] View1<int> tokens,
        [Shape("room")] View1<int> weights,
        [Shape("room")] View1<float> noisy,
        [Value(1f)] float noise,
        [Range(0, 1e9)] uint seed,
        [Range(0, 1e6)] uint step,
        [Schedule(Cpu = 1024, OpenCl = 256)] int span)
    {
        int program = ProgramId(0, CeilDiv(order.Extent0, span));
        var at = Range(program * span, span, Min(size.LoadInt(0), order.Extent0));
        float max = largest.Load(0);
        var place = order.LoadInt(at);
        var v = collected.Load(place);
        var ids = (groups.LoadInt(place >> GroupBits) * Group) + (place & (Group - 1));
        list.Store(at, v);
        tokens.StoreInt(at, ids);
        weights.StoreInt(at, Where(v >= max - Reach, Weight(Min(v - max, 0f)), 0));
        noisy.Store(at, noise == 0 ? v : v + (noise * Gumbel(seed, step, ids)));
    }

    private static void WeighReference(KernelCase c)
    {
        double[] collected = c.Values("collected"), order = c.Values("order"), groups = c.Values("groups");
        double[] list = c.Output("list"), tokens = c.Output("tokens"), noisy = c.Output("noisy"), magnitude = c.Magnitude("noisy");
        double max = c.Values("largest")[0];
        for (int i = 0; i < (int)c.Values("size")[0]; i++)
        {
            int id = ((int)groups[(int)order[i] / Group] * Group) + ((int)order[i] % Group);
            double v = collected[(int)order[i]];
            double u = (Ops.Philox((uint)c.Scalar("seed"), (uint)c.Scalar("step"), (uint)id) + 0.5) / 4294967296;
            double exponential = -Math.Log(1 - u);
            (list[i], tokens[i], noisy[i]) = (v, id, v - Math.Log(exponential));

            // Near 1 a float u is 2^-25 off: what is lost of noise far below zero, which never decides.
            magnitude[i] = Math.Abs(noisy[i]) + (Math.Pow(2, -25) / ((1 - u) * exponential) / 2e-6);
        }

        // Integers in units of 2^-26 are no result to compare bit for bit; what is drawn from them is.
        c.Scratch("weights");
    }
}
