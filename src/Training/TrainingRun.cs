using System.Diagnostics;
using KernelFoundry.Inference.Models;
using KernelFoundry.Training.Checkpoints;
using KernelFoundry.Training.Configuration;
using KernelFoundry.Training.Evaluation;

namespace KernelFoundry.Training;

/// <summary>Runs a trainer's steps, measures, and keeps checkpoints.</summary>
public static class TrainingRun
{
    /// <summary>
    /// Goes on from the checkpoint, if there is one, until all steps are done, the run's own limits are reached, or it is cancelled; then a checkpoint says how far
    /// it came.
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="run">What goes around the steps.</param>
    /// <param name="cancellationToken">Looked at after each step: the run then ends as it does at its limits, and nothing is thrown.</param>
    /// <returns>Whether all steps are done.</returns>
    /// <exception cref="CheckpointException">The checkpoint is of another training.</exception>
    /// <exception cref="IOException">A checkpoint cannot be written or read.</exception>
    public static bool Run(Trainer trainer, TrainingRunOptions run, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(run);
        if (run.Checkpoint is { } path && File.Exists(path))
            trainer.Load(path);
        long started = Stopwatch.GetTimestamp(), first = trainer.Step, saved = trainer.Step;
        TrainingOptions options = trainer.Options;
        while (trainer.Step < options.Steps && !IsOver())
        {
            TrainingStep step = trainer.Learn();
            run.Progress?.Stepped(trainer, step);
            Measure(trainer, run, cancellationToken);
            if (options.CheckpointEvery > 0 && trainer.Step % options.CheckpointEvery == 0)
                Save();
        }

        Save();
        return trainer.Step >= options.Steps;

        bool IsOver() => cancellationToken.IsCancellationRequested
            || trainer.Step - first >= run.MaxSteps
            || Stopwatch.GetElapsedTime(started) >= run.MaxTime;

        void Save()
        {
            if (run.Checkpoint is null || (saved == trainer.Step && File.Exists(run.Checkpoint)))
                return;
            trainer.Save(run.Checkpoint);
            saved = trainer.Step;
        }
    }

    private static void Measure(Trainer trainer, TrainingRunOptions run, CancellationToken cancellationToken)
    {
        EvaluationOptions evaluation = trainer.Options.Evaluation;
        bool isLast = trainer.Step == trainer.Options.Steps;
        bool measuresLoss = run.HeldOut is not null && (isLast || IsDue(evaluation.Every));
        bool asks = run.Questions.Count > 0 && (isLast || IsDue(evaluation.TasksEvery));
        if (!measuresLoss && !asks)
            return;
        try
        {
            double? loss = measuresLoss ? trainer.MeasureLoss(run.HeldOut!, evaluation.Tokens, cancellationToken) : null;
            IReadOnlyList<TaskScore> scores = [];
            if (asks)
            {
                using LanguageModel model = trainer.OpenModel();
                scores = TaskRunner.Run(model, run.Questions, evaluation.Questions, evaluation.AnswerTokens, cancellationToken);
            }

            var measurement = new EvaluationResult(trainer.Step, loss, scores);
            trainer.Record(measurement);
            run.Progress?.Measured(trainer, measurement);
        }
        catch (OperationCanceledException)
        {
            // The run ends after this step all the same.
        }

        bool IsDue(long every) => every > 0 && trainer.Step % every == 0;
    }
}
