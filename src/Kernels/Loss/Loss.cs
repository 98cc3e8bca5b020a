namespace KernelFoundry.Kernels;

/// <summary>
/// Cross entropy of next tokens: loss = log(sum over v of exp(logit v)) - logit of the label. A negative label is ignored: its loss and its
/// gradients are zero.
/// </summary>
public static partial class Loss
{
    // Some labels, every fifth of them ignored.
    private static void LabelInputs(KernelCase c)
    {
        double[] labels = c.Values("labels");
        int vocabulary = c.Axis("vocabulary");
        for (int t = 0; t < labels.Length; t++)
            labels[t] = t % 5 == 3 ? -100 : t * 7919 % vocabulary;
    }

    private static double LogSumExp(double[] logits)
    {
        double max = logits.Max();
        return max + Math.Log(logits.Sum(logit => Math.Exp(logit - max)));
    }
}
