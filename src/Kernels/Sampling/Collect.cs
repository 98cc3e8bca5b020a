using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>What is read again.</content>
public static partial class Sampling
{
    /// <summary>Reads the listed groups again and processes their logits as the screening did. NaN and +inf become -inf.</summary>
    /// <param name="logits">[vocabulary].</param>
    /// <param name="groups">The groups.</param>
    /// <param name="counts">How many there are, first.</param>
    /// <param name="collected">Output, processed logits, 64 a group; room for all groups.</param>
    /// <param name="processor">What becomes of the logits first; as in the screening.</param>
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
        [Shape("room")] View1<float> collected,
        TProcessor processor,
        [Schedule(Cpu = 32, OpenCl = 4)] int span)
        where TProcessor : struct, ILogitsProcessor<TProcessor>
    {
        int program = ProgramId(0, CeilDiv(groups.Extent0, span));
        int end = Min((program + 1) * span, counts.LoadInt(0));
        for (int i = program * span; i < end; i++)
        {
            var ids = Range(groups.LoadInt(i) * Group, Group);
            var isToken = ids < logits.Extent0;
            var v = TProcessor.Apply(processor, logits.Load(ids, isToken, float.NegativeInfinity), Min(ids, logits.Extent0 - 1));
            collected.Store(Range(i * Group, Group), Where(isToken & (v < float.PositiveInfinity), v, float.NegativeInfinity));
        }
    }

    private static void CollectReference(KernelCase c)
    {
        double[] logits = c.Values("logits"), collected = c.Output("collected");
        var processor = (ILogitsReference)c.Functor("processor");
        for (int i = 0; i < c.Values("counts")[0] * Group; i++)
        {
            int id = ((int)c.Values("groups")[i / Group] * Group) + (i % Group);
            collected[i] = id < logits.Length ? processor.Reference(logits[id], id) : double.NegativeInfinity;
        }
    }
}
