using KernelFoundry.Training.Data;
using KernelFoundry.Training.Evaluation;

namespace KernelFoundry.Training;

/// <summary>What goes around the steps of a run. None of it changes what is learned.</summary>
public sealed record TrainingRunOptions
{
    /// <summary>Where checkpoints go; null for none. One that is there is gone on from.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Most steps of this run; null to run to the end.</summary>
    public long? MaxSteps { get; init; }

    /// <summary>Time after which this run ends, with a checkpoint; null to run to the end.</summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>Documents whose loss is measured; null for none.</summary>
    public TokenizedDocuments? HeldOut { get; init; }

    /// <summary>Questions that are asked; empty for none.</summary>
    public IReadOnlyList<TaskQuestion> Questions { get; init; } = [];

    /// <summary>Told how it goes.</summary>
    public ITrainingProgress? Progress { get; init; }
}
