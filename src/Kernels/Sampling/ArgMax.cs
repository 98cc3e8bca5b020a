using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Greedy decoding.</content>
public static partial class Sampling
{
    /// <summary>
    /// The token of the largest logit, row by row. The lowest id wins ties. NaN never wins; a row of NaN alone gives 0, and -inf compares
    /// as any number.
    /// </summary>
    /// <param name="logits">[rows, vocabulary].</param>
    /// <param name="tokens">Output, [rows].</param>
    /// <typeparam name="T">Element type of the logits.</typeparam>
    [Kernel(CudaWorkGroup = 1024)]
    [Axis("rows", 1, 7, 33)]
    [Axis("vocabulary", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(ArgMaxReference))]
    public static void ArgMax<[Elements(typeof(float), typeof(Half), typeof(BFloat16))] T>(
        [Shape("rows", "vocabulary")] View2<T> logits, [Shape("rows")] View1<int> tokens)
        where T : unmanaged
    {
        int row = ProgramId(0, logits.Extent0);
        tokens.StoreInt(row, Ops.ArgMax(logits.Load(row, Range(0, logits.Extent1))));
    }

    private static void ArgMaxReference(KernelCase c)
    {
        double[] logits = c.Values("logits"), tokens = c.Output("tokens");
        int vocabulary = c.Extent("logits", 1);
        for (int row = 0; row < tokens.Length; row++)
        {
            int best = 0;
            for (int i = 1; i < vocabulary; i++)
            {
                double value = logits[(row * vocabulary) + i], record = logits[(row * vocabulary) + best];
                if (value > record || (double.IsNaN(record) && !double.IsNaN(value)))
                    best = i;
            }

            tokens[row] = best;
        }
    }
}
