using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Greedy decoding of few rows by a whole GPU: second half.</content>
public static partial class Sampling
{
    /// <summary>The token of the largest logit, row by row, of what <see cref="ArgMaxParts"/> left. The first part wins ties, and with it the lowest token.</summary>
    /// <param name="best">Largest logits, [rows, parts].</param>
    /// <param name="tokens">Their tokens, [rows, parts].</param>
    /// <param name="chosen">Output, [rows].</param>
    [Kernel]
    [Axis("rows", 1, 7)]
    [Axis("parts", 1, 2, 7, 33, 256)]
    [Reference(nameof(ArgMaxOfPartsReference))]
    public static void ArgMaxOfParts(
        [Shape("rows", "parts")] View2<float> best, [Shape("rows", "parts")] [Range(0, 100000)] View2<int> tokens, [Shape("rows")] View1<int> chosen)
    {
        int row = ProgramId(0, best.Extent0);
        chosen.StoreInt(row, tokens.LoadInt(row, Ops.ArgMax(best.Load(row, Range(0, best.Extent1)))));
    }

    private static void ArgMaxOfPartsReference(KernelCase c)
    {
        double[] best = c.Values("best"), tokens = c.Values("tokens"), chosen = c.Output("chosen");
        int parts = c.Extent("best", 1);
        for (int row = 0; row < chosen.Length; row++)
            chosen[row] = tokens[(row * parts) + Enumerable.Range(0, parts).MaxBy(part => best[(row * parts) + part])];
    }
}
