using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Without logits in memory (Wijmans et al., "Cut Your Losses in Large-Vocabulary Language Models", 2024).</content>
public static partial class Loss
{
    /// <summary>
    /// The loss of each token from what the head reads, a block of the vocabulary at a time: its memory grows with neither the vocabulary nor
    /// their product (Wijmans et al., 2024, sections 4.1 and 4.2). A NaN or an infinity in a row of x makes its loss NaN, unless it is
    /// ignored; one in w all losses.
    /// </summary>
    /// <param name="x">Activations, [tokens, cols].</param>
    /// <param name="w">The head, [vocabulary, cols]: logits are x w^T.</param>
    /// <param name="labels">The token that follows, [tokens]; negative where it does not count.</param>
    /// <param name="loss">Written, [tokens].</param>
    /// <param name="lse">Written: the logarithm of the sum of exponentials, [tokens].</param>
    /// <param name="blockTokens">Tokens a program.</param>
    /// <param name="blockVocabulary">Logits of a token at a time.</param>
    /// <param name="blockCols">Columns taken at a time.</param>
    /// <typeparam name="T">Element type of the head.</typeparam>
    [Kernel]
    [Axis("tokens", 1, 7, 33, 70)]
    [Axis("vocabulary", 1, 7, 9, 31, 33, 127, 300)]
    [Axis("cols", 1, 7, 8, 31, 33, 127, 300)]
    [Inputs(nameof(LabelInputs))]
    [Reference(nameof(CutCrossEntropyReference))]
    [Tolerance(typeof(float), 4e-6)]
    public static void CutCrossEntropy<[Elements(typeof(float), typeof(BFloat16))] T>(
        [Shape("tokens", "cols")] View2<float> x,
        [Shape("vocabulary", "cols")] View2<T> w,
        [Shape("tokens")] View1<int> labels,
        [Shape("tokens")] View1<float> loss,
        [Shape("tokens")] View1<float> lse,
        [Schedule(Cpu = 128, OpenCl = 8, Cuda = 32)] int blockTokens,
        [Schedule(Cpu = 128, OpenCl = 16, Cuda = 32)] int blockVocabulary,
        [Schedule(Cpu = 256, OpenCl = 32, Cuda = 64)] int blockCols)
        where T : unmanaged
    {
        var tokens = ProgramRange(0, x.Extent0, blockTokens);
        var label = labels.LoadInt(tokens);
        var max = Full(float.NegativeInfinity, tokens);
        var sum = Zeros(tokens);
        var picked = Zeros(tokens);
        for (int v0 = 0; v0 < w.Extent0; v0 += blockVocabulary)
        {
            var v = Range(v0, blockVocabulary, w.Extent0);
            var logits = Zeros(tokens, v);
            for (int k0 = 0; k0 < x.Extent1; k0 += blockCols)
            {
                var k = Range(k0, blockCols, x.Extent1);
                logits = Dot(x.Load(tokens, k), Transpose(w.Load(v, k)), logits);
            }

            var next = Max(max, Max(logits, axis: 1));
            var shift = Where(next == float.NegativeInfinity, 0f, next);
            sum = (sum * Exp(max - shift)) + Sum(Exp(logits - Col(shift)), axis: 1);
            picked += Sum(Where(Row(v) == Col(label), logits, 0f), axis: 1);
            max = next;
        }

        var normalizer = max + Log(sum);
        lse.Store(tokens, normalizer);
        loss.Store(tokens, Where(label < 0, 0f, normalizer - picked));
    }

    private static void CutCrossEntropyReference(KernelCase c)
    {
        double[] labels = c.Values("labels"), loss = c.Output("loss"), lse = c.Output("lse"), size = c.Magnitude("loss");
        for (int t = 0; t < labels.Length; t++)
        {
            (double[] row, double[] magnitude) = Logits(c, t);
            lse[t] = LogSumExp(row);
            loss[t] = labels[t] < 0 ? 0 : lse[t] - row[(int)labels[t]];
            size[t] = labels[t] < 0 ? 0 : Math.Abs(lse[t]) + magnitude[(int)labels[t]];
            double max = row.Max();
            c.Magnitude("lse")[t] = Math.Abs(max) + magnitude[Array.IndexOf(row, max)];
        }
    }

    // The logits of a token, and the norms of the terms they add up.
    private static (double[] Values, double[] Magnitude) Logits(KernelCase c, int token)
    {
        double[] x = c.Values("x"), w = c.Values("w");
        int cols = c.Extent("x", 1);
        double[] logits = new double[c.Extent("w", 0)], squares = new double[logits.Length];
        for (int v = 0; v < logits.Length; v++)
        {
            for (int k = 0; k < cols; k++)
            {
                double product = x[(token * cols) + k] * w[(v * cols) + k];
                logits[v] += product;
                squares[v] += product * product;
            }
        }

        return (logits, Array.ConvertAll(squares, Math.Sqrt));
    }
}
