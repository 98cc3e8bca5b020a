using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Numbers about a distribution.</content>
public static partial class Sampling
{
    /// <summary>Numbers <see cref="Measure"/> gives a row.</summary>
    public const int Measures = 5;

    /// <summary>
    /// Numbers about softmax of logits, row by row: the largest logit, log(sum(exp(logit))), the entropy in nats, the log-probability of a token
    /// and how many tokens are more probable. NaN counts as -inf.
    /// </summary>
    /// <param name="logits">[rows, vocabulary].</param>
    /// <param name="targets">A token a row, [rows].</param>
    /// <param name="measures">Output, [rows, 5].</param>
    /// <param name="block">Logits taken at a time.</param>
    [Kernel(WorkGroup = 256)]
    [Axis("rows", 1, 3)]
    [Axis("vocabulary", 1, 7, 31, 33, 127, 4095)]
    [Reference(nameof(MeasureReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void Measure(
        [Shape("rows", "vocabulary")] View2<float> logits,
        [Shape("rows")] [Range(0, 1)] View1<int> targets,
        [Shape("rows", Measures)] View2<float> measures,
        [Schedule(Cpu = 1024, OpenCl = 1024)] int block)
    {
        int row = ProgramId(0, logits.Extent0);
        float target = logits.Load(row, targets.LoadInt(row));
        float max = float.NegativeInfinity;
        int above = 0;
        for (int start = 0; start < logits.Extent1; start += block)
        {
            var v = logits.Load(row, Range(start, block, logits.Extent1));
            max = Max(max, Max(v));
            above += Sum(Where(v > target, 1, 0));
        }

        float sum = 0, surprise = 0;
        for (int start = 0; start < logits.Extent1; start += block)
        {
            var v = logits.Load(row, Range(start, block, logits.Extent1));
            var below = Where(v > float.NegativeInfinity, max - v, 0f);
            var w = Where(v > float.NegativeInfinity, Exp(-below), 0f);
            sum += Sum(w);
            surprise += Sum(w * below);
        }

        float logTotal = max + Log(sum);
        measures.Store(row, 0, max);
        measures.Store(row, 1, logTotal);
        measures.Store(row, 2, Log(sum) + (surprise / sum));
        measures.Store(row, 3, target - logTotal);
        measures.Store(row, 4, above);
    }

    private static void MeasureReference(KernelCase c)
    {
        double[] measures = c.Output("measures");
        int vocabulary = c.Extent("logits", 1);
        for (int row = 0; row < c.Extent("logits", 0); row++)
        {
            double[] x = c.Values("logits")[(row * vocabulary)..((row + 1) * vocabulary)];
            double max = x.Max(), total = max + Math.Log(x.Sum(v => Math.Exp(v - max))), target = x[(int)c.Values("targets")[row]];
            double[] each = [max, total, x.Sum(v => Math.Exp(v - total) * (total - v)), target - total, x.Count(v => v > target)];
            each.CopyTo(measures, row * Measures);
        }
    }
}
