using KernelFoundry.Training;
using KernelFoundry.Training.Checkpoints;
using KernelFoundry.Training.Evaluation;

namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf train --json</c> prints.</summary>
internal sealed record TrainOutput(
    string Out, bool Done, long Step, long Steps, long Tokens, double Seconds, double TokensPerSecond, double OperationsPerSecond, double? FmaPeak, int Weights, double? Loss, IReadOnlyList<EvaluationResult> Evaluations)
{
    public static TrainOutput Of(Trainer trainer, string output, bool isDone, double? fmaPeak) => new(
        output, isDone, trainer.Step, trainer.Options.Steps, trainer.Tokens, trainer.Time.TotalSeconds, trainer.RunTokens / Math.Max(trainer.RunTime.TotalSeconds, 1e-9),
        trainer.Operations / Math.Max(trainer.RunTime.TotalSeconds, 1e-9), fmaPeak, trainer.LearningWeights, trainer.Steps.Count > 0 ? trainer.Steps[^1].Loss : null, trainer.Evaluations);
}
