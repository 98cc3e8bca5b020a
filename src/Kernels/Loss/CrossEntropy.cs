using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>From logits in memory.</content>
public static partial class Loss
{
    /// <summary>
    /// The loss of each token from its logits. A row with a NaN or +inf has a loss of NaN, or, where its label is ignored, zero; one that is -inf throughout
    /// has +inf, or NaN at its label.
    /// </summary>
    /// <param name="logits">[tokens, vocabulary].</param>
    /// <param name="labels">The token that follows, [tokens]; negative where it does not count.</param>
    /// <param name="loss">Written, [tokens].</param>
    /// <param name="lse">Written: the logarithm of the sum of exponentials, [tokens].</param>
    /// <param name="block">Logits taken at a time.</param>
    [Kernel]
    [Axis("tokens", 1, 7, 33)]
    [Axis("vocabulary", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Inputs(nameof(LabelInputs))]
    [Reference(nameof(CrossEntropyReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void CrossEntropy(
        [Shape("tokens", "vocabulary")] View2<float> logits,
        [Shape("tokens")] View1<int> labels,
        [Shape("tokens")] View1<float> loss,
        [Shape("tokens")] View1<float> lse,
        [Schedule(Cpu = 1024, OpenCl = 1024)] int block)
    {
        int token = ProgramId(0, logits.Extent0);
        int label = labels.LoadInt(token);
        var (max, sum) = Probabilities.OnlineNormalizer(logits, token, block);
        float normalizer = max + Log(sum);
        lse.Store(token, normalizer);
        loss.Store(token, label < 0 ? 0f : normalizer - logits.Load(token, label));
    }

    private static void CrossEntropyReference(KernelCase c)
    {
        double[] logits = c.Values("logits"), labels = c.Values("labels"), loss = c.Output("loss"), lse = c.Output("lse");
        int vocabulary = c.Extent("logits", 1);
        for (int t = 0; t < labels.Length; t++)
        {
            double[] row = logits[(t * vocabulary)..((t + 1) * vocabulary)];
            lse[t] = LogSumExp(row);
            loss[t] = labels[t] < 0 ? 0 : lse[t] - row[(int)labels[t]];
            c.Magnitude("loss")[t] = labels[t] < 0 ? 0 : Math.Abs(lse[t]) + Math.Abs(row[(int)labels[t]]);
        }
    }
}
