using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Logits changed.</content>
public static partial class Sampling
{
    /// <summary>
    /// Changes the logits of some tokens: x becomes x / factor + addition where x is positive and x factor + addition elsewhere, so that a factor
    /// above 1 always makes a token less likely (Keskar et al., "CTRL", 2019, section 4.1). An addition of -inf bans it.
    /// </summary>
    /// <param name="logits">[vocabulary].</param>
    /// <param name="edited">Output, [vocabulary]: only the tokens' logits are written. It may be <paramref name="logits"/>.</param>
    /// <param name="ids">Tokens, none of them twice, [count].</param>
    /// <param name="factors">[count].</param>
    /// <param name="additions">[count].</param>
    /// <param name="count">How many there are; the views may be longer.</param>
    /// <param name="block">Tokens a program.</param>
    [Kernel]
    [Axis("vocabulary", 33, 300)]
    [Axis("edits", 1, 7, 33)]
    [Reference(nameof(EditLogitsReference))]
    [Tolerance(typeof(float), 1e-6)]
    public static void EditLogits(
        [Shape("vocabulary")] View1<float> logits,
        [Shape("vocabulary")] View1<float> edited,
        [Shape("edits")] [Range(0, 1)] View1<int> ids,
        [Shape("edits")] [Range(0.5, 2)] View1<float> factors,
        [Shape("edits")] View1<float> additions,
        [Value(1)] int count,
        [Schedule(Cpu = 1024, OpenCl = 256)] int block)
    {
        var at = ProgramRange(0, count, block);
        var id = ids.LoadInt(at);
        var x = logits.Load(id);
        var factor = factors.Load(at);
        edited.Store(id, Where(x > 0f, x / factor, x * factor) + additions.Load(at));
    }

    /// <summary>Processes all logits.</summary>
    /// <param name="logits">[vocabulary].</param>
    /// <param name="processed">Output, [vocabulary]; it may be <paramref name="logits"/>.</param>
    /// <param name="processor">What becomes of them.</param>
    /// <param name="block">Logits a program.</param>
    /// <typeparam name="TProcessor">The processor.</typeparam>
    [Kernel]
    [Axis("vocabulary", 1, 7, 31, 33, 127, 4095)]
    [Reference(nameof(ProcessReference))]
    [Tolerance(typeof(float), 1e-6)]
    public static void Process<TProcessor>(
        [Shape("vocabulary")] View1<float> logits, [Shape("vocabulary")] View1<float> processed, TProcessor processor, [Schedule(Cpu = 4096, OpenCl = 256)] int block)
        where TProcessor : struct, ILogitsProcessor<TProcessor>
    {
        var ids = ProgramRange(0, logits.Extent0, block);
        processed.Store(ids, TProcessor.Apply(processor, logits.Load(ids), ids));
    }

    private static void EditLogitsReference(KernelCase c)
    {
        double[] edited = c.Output("edited"), ids = c.Values("ids"), factors = c.Values("factors"), additions = c.Values("additions");
        for (int i = 0; i < c.Int("count"); i++)
        {
            double x = c.Values("logits")[(int)ids[i]];
            edited[(int)ids[i]] = (x > 0 ? x / factors[i] : x * factors[i]) + additions[i];
        }
    }

    private static void ProcessReference(KernelCase c)
    {
        double[] logits = c.Values("logits"), processed = c.Output("processed"), magnitude = c.Magnitude("processed");
        var processor = (ILogitsReference)c.Functor("processor");
        for (int i = 0; i < logits.Length; i++)
        {
            processed[i] = processor.Reference(logits[i], i);
            magnitude[i] = processor.Magnitude(logits[i], i);
        }
    }
}
