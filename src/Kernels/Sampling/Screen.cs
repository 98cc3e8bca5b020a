using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The one pass over all logits.</content>
public static partial class Sampling
{
    /// <summary>Logits a group: what <see cref="Screen"/> gives one maximum for.</summary>
    public const int Group = 64;

    /// <summary>Groups a block, for which it gives one maximum too, and one count of what is no number.</summary>
    public const int BlockGroups = 16;

    private const int BannedBits = 16;
    private const int BannedUnit = 1 << BannedBits;

    /// <summary>
    /// Processes all logits and keeps the largest of each group of 64 and of each block of 16 groups: enough to know, without reading the others again,
    /// which groups hold what can be drawn. Counts logits that are NaN or +inf; both lose against every number here.
    /// </summary>
    /// <param name="logits">[vocabulary].</param>
    /// <param name="maxima">Output: the groups' largest logits, then the blocks', [groups + blocks], their numbers rounded up.</param>
    /// <param name="broken">
    /// Output, how many logits of a block are NaN or +inf before they are processed, and 2^16 times how many are -inf, [blocks].
    /// </param>
    /// <param name="processor">What becomes of the logits first.</param>
    /// <typeparam name="TProcessor">The processor.</typeparam>
    [Kernel]
    [Axis("vocabulary", 1, 7, 63, 64, 65, 127, 4095)]
    [Axis("maxima", 68)]
    [Axis("blocks", 4)]
    [Reference(nameof(ScreenReference))]
    [Tolerance(typeof(float), 1e-6)]
    public static void Screen<[Functors(typeof(TemperatureProcessor), typeof(MaskedTemperatureProcessor))] TProcessor>(
        [Shape("vocabulary")] View1<float> logits,
        [Shape("maxima")] View1<float> maxima,
        [Shape("blocks")] View1<int> broken,
        TProcessor processor)
        where TProcessor : struct, ILogitsProcessor<TProcessor>
    {
        int groups = CeilDiv(logits.Extent0, Group), whole = logits.Extent0 / Group;
        int block = ProgramId(0, CeilDiv(groups, BlockGroups));
        int first = block * BlockGroups, end = Min(first + BlockGroups, groups);
        float largest = float.NegativeInfinity;
        int bad = 0;
        for (int group = first; group < Min(end, whole); group++)
        {
            var (top, count) = ScreenGroup(logits, Range(group * Group, Group), processor);
            maxima.Store(group, top);
            largest = Max(largest, top);
            bad += count;
        }

        // The last group may be shorter.
        for (int group = Max(first, whole); group < end; group++)
        {
            var (top, count) = ScreenGroup(logits, Range(group * Group, Group, logits.Extent0), processor);
            maxima.Store(group, top);
            largest = Max(largest, top);
            bad += count;
        }

        maxima.Store(groups + block, largest);
        broken.StoreInt(block, bad);
    }

    // One reduction where all logits are finite, as they mostly are.
    [DeviceFunction]
    private static (float Top, int Bad) ScreenGroup<TProcessor>(View1<float> logits, Tile<int> ids, TProcessor processor)
        where TProcessor : struct, ILogitsProcessor<TProcessor>
    {
        var x = logits.Load(ids);
        float top = Max(Where(Abs(x) < float.PositiveInfinity, TProcessor.Apply(processor, x, ids), float.PositiveInfinity));
        int bad = 0, turns = top == float.PositiveInfinity ? 1 : 0;
        for (int turn = 0; turn < turns; turn++)
        {
            var again = logits.Load(ids);
            bad = Sum(Where(Abs(again) < float.PositiveInfinity, 0, Where(again < 0f, BannedUnit, 1)));
            var v = TProcessor.Apply(processor, again, ids);
            top = Max(Where(v < float.PositiveInfinity, v, float.NegativeInfinity));
        }

        return (top, bad);
    }

    private static void ScreenReference(KernelCase c)
    {
        double[] logits = c.Values("logits"), maxima = c.Output("maxima"), broken = c.Output("broken");
        var processor = (ILogitsReference)c.Functor("processor");
        const int Block = Group * BlockGroups;
        int groups = (logits.Length + Group - 1) / Group, blocks = (logits.Length + Block - 1) / Block;
        for (int i = 0; i < groups; i++)
            maxima[i] = Largest(i * Group, Group);
        for (int i = 0; i < blocks; i++)
            (maxima[groups + i], broken[i]) = (Largest(i * Block, Block), 0);

        double Largest(int start, int count) => Enumerable.Range(start, Math.Min(count, logits.Length - start)).Max(i => processor.Reference(logits[i], i));
    }
}
