using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>What experts give, added up.</content>
public static partial class Mixtures
{
    /// <summary>
    /// Adds what a token's experts gave to the residual stream, weighed: y[t] = residual[t] + sum over j of weights[t, j] outputs[rows[t, j]], in increasing
    /// order of j (Shazeer et al., 2017, equation 1). NaN in a term gives NaN. <paramref name="y"/> may be <paramref name="residual"/>.
    /// </summary>
    /// <param name="outputs">Outputs of the experts, grouped by expert, [slots, cols].</param>
    /// <param name="rows">Where a token's are among them, [tokens, experts a token].</param>
    /// <param name="weights">Their weights, [tokens, experts a token].</param>
    /// <param name="residual">[tokens, cols].</param>
    /// <param name="y">Output, [tokens, cols].</param>
    /// <param name="block">Columns a program.</param>
    [Kernel]
    [Axis("tokens", 1, 7, 33)]
    [Axis("used", 1, 2, 8)]
    [Axis("slots", 9)]
    [Axis("cols", 1, 7, 8, 31, 33, 127, 4095)]
    [Reference(nameof(CombineExpertsReference))]
    [Tolerance(typeof(float), 1e-6)]
    public static void CombineExperts(
        [Shape("slots", "cols")] View2<float> outputs,
        [Shape("tokens", "used")] [Range(0, 9)] View2<int> rows,
        [Shape("tokens", "used")] View2<float> weights,
        [Shape("tokens", "cols")] View2<float> residual,
        [Shape("tokens", "cols")] View2<float> y,
        [Schedule(Cpu = 1024, OpenCl = 256, Cuda = 1024)] int block)
    {
        int token = ProgramId(1, residual.Extent0);
        var cols = ProgramRange(0, residual.Extent1, block);
        var sum = residual.Load(token, cols);
        for (int j = 0; j < rows.Extent1; j++)
            sum = sum + (outputs.Load(rows.LoadInt(token, j), cols) * weights.Load(token, j));
        y.Store(token, cols, sum);
    }

    private static void CombineExpertsReference(KernelCase c)
    {
        double[] outputs = c.Values("outputs"), rows = c.Values("rows"), weights = c.Values("weights"), residual = c.Values("residual");
        double[] y = c.Output("y"), magnitude = c.Magnitude("y");
        int used = c.Extent("rows", 1), cols = c.Extent("y", 1);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = residual[i];
            magnitude[i] = Math.Abs(residual[i]);
            for (int j = 0; j < used; j++)
            {
                int at = (i / cols * used) + j;
                double term = weights[at] * outputs[((int)rows[at] * cols) + (i % cols)];
                y[i] += term;
                magnitude[i] += Math.Abs(term);
            }
        }
    }
}
