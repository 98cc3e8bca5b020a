using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>
/// The gradients, with logits computed anew a block at a time. A block whose probabilities are all too small to count is left out after its
/// logits (Wijmans et al., 2024, section 4.3): with a trained model that is nearly every block.
/// </content>
public static partial class Loss
{
    /// <summary>
    /// The gradient of <see cref="CutCrossEntropy"/> by what the head reads, added to what is there: dx[t] += dLoss[t] * sum over v of
    /// (probability[t, v] - [v = label]) w[v], in increasing order of v. A NaN in a row whose token counts gives NaN.
    /// </summary>
    /// <param name="x">Activations, [tokens, cols].</param>
    /// <param name="w">The head, [vocabulary, cols].</param>
    /// <param name="labels">The token that follows, [tokens]; negative where it does not count.</param>
    /// <param name="lse">Of the forward kernel, [tokens].</param>
    /// <param name="dLoss">Gradient of each token's loss, [tokens].</param>
    /// <param name="dx">Gradient of the activations, [tokens, cols]; apart from <paramref name="x"/>.</param>
    /// <param name="threshold">
    /// Blocks in which every probability, less one at the label, is below it in size are left out: 2^-12 in the paper, 0 for none.
    /// </param>
    /// <param name="blockTokens">Tokens a program.</param>
    /// <param name="blockVocabulary">Logits of a token at a time.</param>
    /// <param name="blockCols">Columns taken at a time.</param>
    /// <typeparam name="T">Element type of the head.</typeparam>
    [Kernel]
    [Axis("tokens", 1, 7, 33, 70)]
    [Axis("vocabulary", 1, 7, 9, 31, 33, 127, 300)]
    [Axis("cols", 1, 7, 8, 31, 33, 127, 300)]
    [Inputs(nameof(CutInputs))]
    [Reference(nameof(CutCrossEntropyBackwardXReference))]
    [Tolerance(typeof(float), 4e-6)]
    public static void CutCrossEntropyBackwardX<[Elements(typeof(float), typeof(BFloat16))] T>(
        [Shape("tokens", "cols")] View2<float> x,
        [Shape("vocabulary", "cols")] View2<T> w,
        [Shape("tokens")] View1<int> labels,
        [Shape("tokens")] View1<float> lse,
        [Shape("tokens")] View1<float> dLoss,
        [Shape("tokens", "cols")] [Accumulated] View2<float> dx,
        [Value(0f)] float threshold,
        [Schedule(Cpu = 128, OpenCl = 8, Cuda = 32)] int blockTokens,
        [Schedule(Cpu = 128, OpenCl = 16, Cuda = 32)] int blockVocabulary,
        [Schedule(Cpu = 256, OpenCl = 32, Cuda = 64)] int blockCols)
        where T : unmanaged
    {
        var tokens = ProgramRange(0, x.Extent0, blockTokens);
        var label = labels.LoadInt(tokens);
        for (int v0 = 0; v0 < w.Extent0; v0 += blockVocabulary)
        {
            var v = Range(v0, blockVocabulary, w.Extent0);
            var logits = Zeros(tokens, v);
            for (int k0 = 0; k0 < x.Extent1; k0 += blockCols)
            {
                var k = Range(k0, blockCols, x.Extent1);
                logits = Dot(x.Load(tokens, k), Transpose(w.Load(v, k)), logits);
            }

            var error = Where(Col(label) < 0, 0f, Exp(logits - Col(lse.Load(tokens))) - Where(Row(v) == Col(label), 1f, 0f));
            if (Max(Where(Abs(error) < threshold, 0f, 1f)) > 0f)
            {
                var dLogits = error * Col(dLoss.Load(tokens));
                for (int k0 = 0; k0 < x.Extent1; k0 += blockCols)
                {
                    var k = Range(k0, blockCols, x.Extent1);
                    dx.Store(tokens, k, Dot(dLogits, w.Load(v, k), dx.Load(tokens, k)));
                }
            }
        }
    }

    /// <summary>
    /// The gradient of <see cref="CutCrossEntropy"/> by the head, added to what is there: dw[v] += sum over t of dLoss[t]
    /// (probability[t, v] - [v = label]) x[t], in increasing order of t. A NaN in a row whose token counts gives NaN.
    /// </summary>
    /// <param name="x">Activations, [tokens, cols].</param>
    /// <param name="w">The head, [vocabulary, cols].</param>
    /// <param name="labels">The token that follows, [tokens]; negative where it does not count.</param>
    /// <param name="lse">Of the forward kernel, [tokens].</param>
    /// <param name="dLoss">Gradient of each token's loss, [tokens].</param>
    /// <param name="dw">Gradient of the head, [vocabulary, cols]; apart from <paramref name="w"/>.</param>
    /// <param name="threshold">As for the activations.</param>
    /// <param name="blockVocabulary">Rows of the head a program.</param>
    /// <param name="blockTokens">Tokens at a time.</param>
    /// <param name="blockCols">Columns taken at a time.</param>
    /// <typeparam name="T">Element type of the head.</typeparam>
    [Kernel]
    [Axis("tokens", 1, 7, 33, 70)]
    [Axis("vocabulary", 1, 7, 9, 31, 33, 127, 300)]
    [Axis("cols", 1, 7, 8, 31, 33, 127, 300)]
    [Inputs(nameof(CutInputs))]
    [Reference(nameof(CutCrossEntropyBackwardWReference))]
    [Tolerance(typeof(float), 4e-6)]
    public static void CutCrossEntropyBackwardW<[Elements(typeof(float), typeof(BFloat16))] T>(
        [Shape("tokens", "cols")] View2<float> x,
        [Shape("vocabulary", "cols")] View2<T> w,
        [Shape("tokens")] View1<int> labels,
        [Shape("tokens")] View1<float> lse,
        [Shape("tokens")] View1<float> dLoss,
        [Shape("vocabulary", "cols")] [Accumulated] View2<float> dw,
        [Value(0f)] float threshold,
        [Schedule(Cpu = 128, OpenCl = 8, Cuda = 32)] int blockVocabulary,
        [Schedule(Cpu = 128, OpenCl = 16, Cuda = 32)] int blockTokens,
        [Schedule(Cpu = 256, OpenCl = 32, Cuda = 64)] int blockCols)
        where T : unmanaged
    {
        var v = ProgramRange(0, w.Extent0, blockVocabulary);
        for (int t0 = 0; t0 < x.Extent0; t0 += blockTokens)
        {
            var tokens = Range(t0, blockTokens, x.Extent0);
            var label = labels.LoadInt(tokens);
            var logits = Zeros(v, tokens);
            for (int k0 = 0; k0 < x.Extent1; k0 += blockCols)
            {
                var k = Range(k0, blockCols, x.Extent1);
                logits = Dot(w.Load(v, k), Transpose(x.Load(tokens, k)), logits);
            }

            var error = Where(Row(label) < 0, 0f, Exp(logits - Row(lse.Load(tokens))) - Where(Col(v) == Row(label), 1f, 0f));
            if (Max(Where(Abs(error) < threshold, 0f, 1f)) > 0f)
            {
                var dLogits = error * Row(dLoss.Load(tokens));
                for (int k0 = 0; k0 < x.Extent1; k0 += blockCols)
                {
                    var k = Range(k0, blockCols, x.Extent1);
                    dw.Store(v, k, Dot(dLogits, x.Load(tokens, k), dw.Load(v, k)));
                }
            }
        }
    }

    // The forward kernel's lse: then exp(logit - lse) is a probability. Of any other it is a number that only its logit's rounding, times itself, bounds.
    private static void CutInputs(KernelCase c)
    {
        LabelInputs(c);
        if (!c.Has("lse"))
            return;
        double[] lse = c.Values("lse");
        for (int t = 0; t < lse.Length; t++)
            lse[t] = LogSumExp(Logits(c, t).Values);
    }

    private static void CutCrossEntropyBackwardXReference(KernelCase c) => AddGradients(c, "dx", (t, _) => t, (_, v) => c.Values("w").AsSpan(v * c.Extent("w", 1)));

    private static void CutCrossEntropyBackwardWReference(KernelCase c) => AddGradients(c, "dw", (_, v) => v, (t, _) => c.Values("x").AsSpan(t * c.Extent("x", 1)));

    private delegate ReadOnlySpan<double> Factor(int token, int word);

    private static void AddGradients(KernelCase c, string output, Func<int, int, int> row, Factor factor)
    {
        double[] labels = c.Values("labels"), lse = c.Values("lse"), dLoss = c.Values("dLoss"), sums = c.Output(output), magnitude = c.Magnitude(output);
        int cols = c.Extent("x", 1);
        for (int t = 0; t < labels.Length; t++)
        {
            (double[] logits, double[] sizes) = labels[t] < 0 ? ([], []) : Logits(c, t);
            for (int v = 0; v < logits.Length; v++)
            {
                // An exponential is off by itself times what its argument is off by: roundings of the logit's terms, and of its difference from lse.
                double p = Math.Exp(logits[v] - lse[t]), isLabel = labels[t] == v ? 1 : 0, error = p - isLabel;
                double size = Math.Abs(dLoss[t]) * (isLabel + (p * (1 + sizes[v] + Math.Abs(logits[v] - lse[t]))));
                ReadOnlySpan<double> other = factor(t, v);
                for (int k = 0; k < cols && Math.Abs(error) >= c.Scalar("threshold"); k++)
                {
                    int at = (row(t, v) * cols) + k;
                    sums[at] += dLoss[t] * error * other[k];
                    magnitude[at] = Math.Sqrt(Math.Pow(magnitude[at], 2) + Math.Pow(size * other[k], 2));
                }
            }
        }
    }
}
