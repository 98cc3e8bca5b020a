using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The gradient of the logits.</content>
public static partial class Loss
{
    /// <summary>
    /// The gradient of <see cref="CrossEntropy"/>: dlogits = dLoss (exp(logit - lse) - [v = label]), zeros where the label is ignored. It is
    /// written, not added, and <paramref name="dlogits"/> may be <paramref name="logits"/>. NaN in a logit whose token counts gives NaN there.
    /// </summary>
    /// <param name="logits">[tokens, vocabulary].</param>
    /// <param name="labels">The token that follows, [tokens]; negative where it does not count.</param>
    /// <param name="lse">Of the forward kernel, [tokens].</param>
    /// <param name="dLoss">Gradient of each token's loss, [tokens]: 1 / count for the mean.</param>
    /// <param name="dlogits">Written, [tokens, vocabulary].</param>
    /// <param name="block">Logits a program.</param>
    [Kernel]
    [Axis("tokens", 1, 7, 33)]
    [Axis("vocabulary", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Inputs(nameof(LabelInputs))]
    [Reference(nameof(CrossEntropyBackwardReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void CrossEntropyBackward(
        [Shape("tokens", "vocabulary")] View2<float> logits,
        [Shape("tokens")] View1<int> labels,
        [Shape("tokens")] [Range(1, 3)] View1<float> lse,
        [Shape("tokens")] View1<float> dLoss,
        [Shape("tokens", "vocabulary")] View2<float> dlogits,
        [Schedule(Cpu = 4096, OpenCl = 256, Cuda = 1024)] int block)
    {
        int token = ProgramId(1, logits.Extent0);
        var v = ProgramRange(0, logits.Extent1, block);
        int label = labels.LoadInt(token);
        var p = Exp(logits.Load(token, v) - lse.Load(token)) - Where(v == label, 1f, 0f);
        dlogits.Store(token, v, Where(FullInt(label, v) < 0, 0f, p * dLoss.Load(token)));
    }

    private static void CrossEntropyBackwardReference(KernelCase c)
    {
        double[] logits = c.Values("logits"), labels = c.Values("labels"), lse = c.Values("lse"), dLoss = c.Values("dLoss"), d = c.Output("dlogits");
        int vocabulary = c.Extent("logits", 1);
        for (int i = 0; i < d.Length; i++)
        {
            int t = i / vocabulary;
            double p = Math.Exp(logits[i] - lse[t]);
            d[i] = labels[t] < 0 ? 0 : dLoss[t] * (p - (labels[t] == i % vocabulary ? 1 : 0));
            c.Magnitude("dlogits")[i] = labels[t] < 0 ? 0 : Math.Abs(dLoss[t]) * p;
        }
    }
}
