namespace KernelFoundry.Training.Evaluation;

/// <summary>How good the model was after a step.</summary>
/// <param name="Step">The step, from 1.</param>
/// <param name="HeldOutLoss">Mean loss of held-out tokens, in nats; null where it was not measured.</param>
/// <param name="Scores">Scores of the tasks that were run.</param>
public sealed record EvaluationResult(long Step, double? HeldOutLoss, IReadOnlyList<TaskScore> Scores);
