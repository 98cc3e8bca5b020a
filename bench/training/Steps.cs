using System.Diagnostics;
using KernelFoundry.Training;

namespace KernelFoundry.TrainingBenchmark;

/// <summary>Steps of a training, timed one by one; the first, which allocates what the others use again, is not counted.</summary>
/// <param name="Losses">Of all steps, the first among them.</param>
/// <param name="Seconds">Sorted, without the first.</param>
/// <param name="Rates">Operations a second, sorted, without the first.</param>
internal sealed record Steps(double[] Losses, double[] Seconds, double[] Rates)
{
    public double MedianSeconds => Seconds[Seconds.Length / 2];

    public double MedianRate => Rates[Rates.Length / 2];

    /// <summary>Runs one step, and then those that count.</summary>
    public static Steps Run(Trainer trainer, int count)
    {
        double[] losses = new double[count + 1], seconds = new double[count], rates = new double[count];
        for (int i = 0; i <= count; i++)
        {
            double before = trainer.Operations;
            long started = Stopwatch.GetTimestamp();
            losses[i] = trainer.Learn().Loss;
            double took = Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (i > 0)
                (seconds[i - 1], rates[i - 1]) = (took, (trainer.Operations - before) / took);
        }

        Array.Sort(seconds);
        Array.Sort(rates);
        return new Steps(losses, seconds, rates);
    }
}
