using KernelFoundry.Training.Checkpoints;
using KernelFoundry.Training.Evaluation;

namespace KernelFoundry.Training;

/// <summary>Told how a training goes.</summary>
public interface ITrainingProgress
{
    /// <summary>A step is done.</summary>
    /// <param name="trainer">The trainer, with all steps so far.</param>
    /// <param name="step">The step.</param>
    void Stepped(Trainer trainer, TrainingStep step);

    /// <summary>The model was measured.</summary>
    /// <param name="trainer">The trainer, with all measurements so far.</param>
    /// <param name="measurement">The measurement.</param>
    void Measured(Trainer trainer, EvaluationResult measurement);
}
