using System.Diagnostics;
using System.Globalization;
using KernelFoundry.Training;
using KernelFoundry.Training.Checkpoints;
using KernelFoundry.Training.Data;
using KernelFoundry.Training.Evaluation;
using KernelFoundry.Training.Reports;

namespace KernelFoundry.Cli.Output;

/// <summary>
/// How a training goes: on a terminal a loss curve and a line that are drawn again and again; elsewhere a plain line every few seconds, which a log can keep.
/// </summary>
internal sealed class TrainingDisplay(TextWriter writer, long steps, bool isTerminal) : ITrainingProgress, IDisposable
{
    private const int ChartWidth = 60;
    private const int ChartHeight = 8;
    private const string UpAndClear = "\u001b[1A\u001b[2K";
    private static readonly TimeSpan s_terminalInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_plainInterval = TimeSpan.FromSeconds(10);
    private long _shown;
    private long _shownTokens;
    private TimeSpan _shownTime;
    private int _drawnLines;

    public void Begin(Trainer trainer, TokenizedDocuments documents) => Line(
        $"{trainer.LearningWeights:N0} weights learn from {documents.TokenCount:N0} tokens in {documents.Count:N0} documents, {trainer.Options.Batch.Tokens:N0} tokens a step");

    public void Stepped(Trainer trainer, TrainingStep step)
    {
        if (_shown != 0 && step.Step < steps && Stopwatch.GetElapsedTime(_shown) < (isTerminal ? s_terminalInterval : s_plainInterval))
            return;
        double rate = (trainer.Tokens - _shownTokens) / Math.Max((trainer.Time - _shownTime).TotalSeconds, 1e-9);
        if (_shown == 0)
            rate = trainer.Tokens / Math.Max(trainer.Time.TotalSeconds, 1e-9);
        (_shown, _shownTokens, _shownTime) = (Stopwatch.GetTimestamp(), trainer.Tokens, trainer.Time);
        FormattableString line =
            $"step {step.Step}/{steps} loss {step.Loss:F4} rate {step.LearningRate:G3} norm {step.GradientNorm:F3} {rate:F0} tokens/s";
        if (!isTerminal)
        {
            Line(line);
            return;
        }

        Erase();
        foreach (string row in TextChart.Draw(trainer.Steps, ChartWidth, ChartHeight))
            writer.WriteLine(row);
        Line(line);
        _drawnLines = ChartHeight + 1;
    }

    public void Measured(Trainer trainer, EvaluationResult measurement)
    {
        Erase();
        string scores = string.Concat(measurement.Scores.Select(score => $", {score.Task} {score.Right} of {score.Questions}"));
        string loss = measurement.HeldOutLoss is { } value ? string.Create(CultureInfo.InvariantCulture, $"held-out loss {value:F4}") : "tasks";
        Line($"step {measurement.Step}/{steps} {loss}{scores}");
    }

    public void End(Trainer trainer, bool isDone, string output, string checkpoint, double? fmaPeak)
    {
        _drawnLines = 0;
        double seconds = Math.Max(trainer.RunTime.TotalSeconds, 1e-9), rate = trainer.Operations / seconds;
        string share = fmaPeak is { } peak ? string.Create(CultureInfo.InvariantCulture, $", {rate / peak:P1} of the multiply-add peak of {peak / 1e9:F0} GFLOP/s") : "";
        Line($"{trainer.RunTokens / seconds:F0} tokens/s, {rate / 1e9:F1} GFLOP/s{share}");
        Line($"{(isDone ? "done" : $"stopped after step {trainer.Step} of {steps}; run again to go on from {checkpoint}")}: {output}");
    }

    public void Dispose() => writer.Flush();

    private void Line(FormattableString text) => writer.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private void Erase()
    {
        for (; _drawnLines > 0; _drawnLines--)
            writer.Write(UpAndClear);
    }
}
