using KernelFoundry.Training.Data;
using KernelFoundry.Training.Evaluation;

namespace KernelFoundry.Training.Checkpoints;

/// <summary>All of a training but its weights and moments.</summary>
public sealed record TrainingState
{
    /// <summary>Steps that have been done.</summary>
    public long Step { get; init; }

    /// <summary>Where the next step's data begin.</summary>
    public DataCursor Cursor { get; init; }

    /// <summary>Tokens that have been learned from.</summary>
    public long Tokens { get; init; }

    /// <summary>Time that steps have taken, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>The options, as JSON.</summary>
    public string Options { get; init; } = "";

    /// <summary>Which data they are.</summary>
    public string Data { get; init; } = "";

    /// <summary>Which weights an adapter is for; empty without one.</summary>
    public string Base { get; init; } = "";

    /// <summary>Every step.</summary>
    public IReadOnlyList<TrainingStep> Steps { get; init; } = [];

    /// <summary>Every measurement.</summary>
    public IReadOnlyList<EvaluationResult> Evaluations { get; init; } = [];
}
