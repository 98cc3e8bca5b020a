using KernelFoundry.Training.Schedules;

namespace KernelFoundry.Training.Configuration;

/// <summary>Everything that decides what a training gives: with the same data, the same options give the same bits on a device.</summary>
public sealed record TrainingOptions
{
    /// <summary>The model to train from nothing; null where a model is given.</summary>
    public ModelShape? Model { get; set; }

    /// <summary>An adapter to train on the model that is given; null to train all its weights.</summary>
    public LoraOptions? Lora { get; set; }

    /// <summary>Steps in all.</summary>
    public long Steps { get; set; } = 1000;

    /// <summary>Seed of the first weights and of the documents' order.</summary>
    public uint Seed { get; set; } = 1;

    /// <summary>Tokens of a step.</summary>
    public BatchOptions Batch { get; set; } = new();

    /// <summary>The optimizer.</summary>
    public OptimizerOptions Optimizer { get; set; } = new();

    /// <summary>The learning rates; null for a cosine from 0.001 to a tenth of it over all steps, with a warm-up of a fiftieth.</summary>
    public LearningRateSchedule? Schedule { get; set; }

    /// <summary>What the model computes with.</summary>
    public TrainingPrecision Precision { get; set; } = TrainingPrecision.Single;

    /// <summary>
    /// Keep only the residual stream of each layer and compute the rest again for the gradients (Chen et al., "Training Deep Nets with Sublinear Memory
    /// Cost", 2016): a third more arithmetic, memory of one layer in place of all.
    /// </summary>
    public bool RecomputesActivations { get; set; }

    /// <summary>How the loss is computed.</summary>
    public LossMethod Loss { get; set; } = LossMethod.Plain;

    /// <summary>Whether texts such as <c>&lt;|user|&gt;</c> in the data are the control tokens that the vocabulary has of these names.</summary>
    public bool ParsesSpecialTokens { get; set; }

    /// <summary>The chat template (Jinja) that the model's file carries; null for none, or for that of the model that is given.</summary>
    public string? ChatTemplate { get; set; }

    /// <summary>Steps between two checkpoints; 0 for one at the end of each run only.</summary>
    public long CheckpointEvery { get; set; } = 100;

    /// <summary>How the model is measured.</summary>
    public EvaluationOptions Evaluation { get; set; } = new();

    /// <summary>The learning rates, with the default where none are given.</summary>
    internal LearningRateSchedule EffectiveSchedule =>
        Schedule ?? new CosineSchedule { Peak = 1e-3, Final = 1e-4, WarmUpSteps = Steps / 50, Steps = Math.Max(Steps, 1) };

    /// <summary>Checks every value but the model's, which <see cref="ModelShape.ToConfiguration"/> does.</summary>
    /// <exception cref="TrainingOptionsException">A value is out of its range; the message says which.</exception>
    public void Validate()
    {
        if (Steps < 1)
            throw new TrainingOptionsException("steps", $"is {Steps}; it must be 1 or more.");
        if (CheckpointEvery < 0)
            throw new TrainingOptionsException("checkpoint_every", $"is {CheckpointEvery}; it must be 0 or more.");
        Batch.Validate();
        Optimizer.Validate();
        EffectiveSchedule.Validate("schedule");
        Lora?.Validate();
        Evaluation.Validate();
    }
}
