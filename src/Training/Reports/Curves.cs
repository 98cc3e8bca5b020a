using KernelFoundry.Training.Checkpoints;
using KernelFoundry.Training.Evaluation;

namespace KernelFoundry.Training.Reports;

/// <summary>A training's history as curves of a size that can be drawn.</summary>
internal static class Curves
{
    /// <summary>The means of consecutive steps, at most <paramref name="points"/> of them.</summary>
    public static CurvePoint[] Means(IReadOnlyList<TrainingStep> steps, Func<TrainingStep, double> value, int points)
    {
        int count = Math.Min(points, steps.Count);
        var means = new CurvePoint[count];
        for (int i = 0; i < count; i++)
        {
            int first = (int)((long)i * steps.Count / count), end = (int)((long)(i + 1) * steps.Count / count);
            double sum = 0;
            for (int j = first; j < end; j++)
                sum += value(steps[j]);
            means[i] = new CurvePoint(steps[end - 1].Step, sum / (end - first));
        }

        return means;
    }

    /// <summary>The held-out losses.</summary>
    public static CurvePoint[] HeldOut(IReadOnlyList<EvaluationResult> measurements) =>
        [.. measurements.Where(m => m.HeldOutLoss is not null).Select(m => new CurvePoint(m.Step, m.HeldOutLoss!.Value))];
}
