using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>What is read again.</content>
public static partial class Sampling
{
    /// <summary>
    /// Reads the listed groups again, processes their logits as the screening did and lists the tokens of those that can matter to a draw: of the groups
    /// that hold one of the k largest logits, little more than k are as large as the least of them. What follows works on these alone.
    /// NaN and +inf never matter.
    /// </summary>
    /// <param name="logits">[vocabulary].</param>
    /// <param name="groups">The groups.</param>
    /// <param name="counts">How many there are, first.</param>
    /// <param name="floor">The least logit that matters.</param>
    /// <param name="size">Output, how many candidates there are.</param>
    /// <param name="tokens">Output, their tokens, ascending; room for all.</param>
    /// <param name="processor">What becomes of the logits first; as in the screening.</param>
    /// <param name="block">Logits taken at a time.</param>
    /// <typeparam name="TProcessor">The processor.</typeparam>
    [Kernel(WorkGroup = 256, CudaWorkGroup = 1024)]
    [Axis("vocabulary", 1, 7, 63, 64, 65, 127, 4095)]
    [Axis("groups", 64)]
    [Axis("room", 4096)]
    [Reference(nameof(CollectReference))]
    public static void Collect<[Functors(typeof(TemperatureProcessor), typeof(MaskedTemperatureProcessor))] TProcessor>(
        [Shape("vocabulary")] [Range(-3, 3)] View1<float> logits,
        [Shape("groups")] [Range(0, 1)] View1<int> groups,
        [Shape(3)] [Range(0, 65)] View1<int> counts,
        [Shape(1)] [Range(-1, 2)] View1<float> floor,
        [Shape(1)] View1<int> size,
        [Shape("room")] View1<int> tokens,
        TProcessor processor,
        [Schedule(Cpu = 1024, OpenCl = 1024, Cuda = 2048)] int block)
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

            // One store of a place, as a driver's compiler loses what is stored at it a second time: see Weigh for the rest.
            var place = CumSum(Where(matters, 1, 0));
            tokens.StoreInt(place + (found - 1), ids, matters);
            found += Sum(Where(matters, 1, 0));
        }

        size.StoreInt(0, found);
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
    }
}
