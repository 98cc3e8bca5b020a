namespace KernelFoundry.Training.Checkpoints;

/// <summary>What a step came to.</summary>
/// <param name="Step">The step, from 1.</param>
/// <param name="Loss">Mean loss of its tokens before the weights changed, in nats.</param>
/// <param name="LearningRate">Its learning rate.</param>
/// <param name="GradientNorm">Norm of the gradients before clipping.</param>
public readonly record struct TrainingStep(long Step, double Loss, double LearningRate, double GradientNorm);
