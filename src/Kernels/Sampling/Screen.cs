using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The one pass over all logits.</content>
public static partial class Sampling
{
    /// <summary>Logits a group: what <see cref="Screen"/> gives one maximum for.</summary>
    public const int Group = 1 << GroupBits;

    private const int GroupBits = 6;

    private const int BannedBits = 10;
    private const int BannedUnit = 1 << BannedBits;

    /// <summary>
    /// Processes all logits and keeps the largest of each group of 64: enough to know, without reading the others again, which groups hold what
    /// can be drawn. Counts logits that are NaN or +inf; both lose against every number here.
    /// </summary>
    /// <param name="logits">[vocabulary].</param>
    /// <param name="maxima">Output, [vocabulary / 64 rounded up].</param>
    /// <param name="broken">
    /// Output, how many logits of a group are NaN or +inf before they are processed, and 2^10 times how many are -inf, [vocabulary / 64 rounded up].
    /// </param>
    /// <param name="processor">What becomes of the logits first.</param>
    /// <param name="span">Groups a program.</param>
    /// <typeparam name="TProcessor">The processor.</typeparam>
    [Kernel]
    [Axis("vocabulary", 1, 7, 63, 64, 65, 127, 4095)]
    [Axis("groups", 64)]
    [Reference(nameof(ScreenReference))]
    [Tolerance(typeof(float), 1e-6)]
    public static void Screen<[Functors(typeof(TemperatureProcessor), typeof(MaskedTemperatureProcessor))] TProcessor>(
        [Shape("vocabulary")] View1<float> logits,
        [Shape("groups")] View1<float> maxima,
        [Shape("groups")] View1<int> broken,
        TProcessor processor,
        [Schedule(Cpu = 64, OpenCl = 4)] int span)
        where TProcessor : struct, ILogitsProcessor<TProcessor>
    {
        int groups = CeilDiv(logits.Extent0, Group);
        int program = ProgramId(0, CeilDiv(groups, span));
        int end = Min((program + 1) * span, groups);
        for (int group = program * span; group < end; group++)
        {
            var ids = Range(group * Group, Group, logits.Extent0);
            var x = logits.Load(ids);
            int bad = Sum(Where(Abs(x) < float.PositiveInfinity, 0, Where(x < 0f, BannedUnit, 1)));
            var v = TProcessor.Apply(processor, x, ids);
            float top = Max(Where(v < float.PositiveInfinity, v, float.NegativeInfinity));
            maxima.Store(group, top);
            broken.StoreInt(group, bad);
        }
    }

    private static void ScreenReference(KernelCase c)
    {
        double[] logits = c.Values("logits"), maxima = c.Output("maxima"), broken = c.Output("broken");
        var processor = (ILogitsReference)c.Functor("processor");
        for (int group = 0; group * Group < logits.Length; group++)
        {
            maxima[group] = double.NegativeInfinity;
            for (int i = group * Group; i < Math.Min((group + 1) * Group, logits.Length); i++)
                maxima[group] = Math.Max(maxima[group], processor.Reference(logits[i], i));
            broken[group] = 0;
        }
    }
}
