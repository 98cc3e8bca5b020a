namespace KernelFoundry.Training.Configuration;

/// <summary>
/// Low-rank adaptation: the weights W of a model stay, and W + (alpha / rank) B A is learned in their place (Hu et al., "LoRA", 2021, section 4.1).
/// </summary>
public sealed record LoraOptions
{
    /// <summary>Names of the matrices that can be adapted.</summary>
    public static IReadOnlyList<string> AllTargets { get; } = ["query", "key", "value", "output", "gate", "up", "down"];

    /// <summary>Rows of A and columns of B.</summary>
    public int Rank { get; set; } = 8;

    /// <summary>What B A is scaled by, over the rank.</summary>
    public float Alpha { get; set; } = 16f;

    /// <summary>The matrices that are adapted, some of <see cref="AllTargets"/>.</summary>
    public IReadOnlyList<string> Targets { get; set; } = ["query", "value"];

    internal void Validate()
    {
        if (Rank is < 1 or > 1024)
            throw new TrainingOptionsException("lora.rank", $"is {Rank}; it must be from 1 to 1024.");
        if (!(Alpha > 0) || !float.IsFinite(Alpha))
            throw new TrainingOptionsException("lora.alpha", FormattableString.Invariant($"is {Alpha}; it must be a finite number above 0."));
        if (Targets.Count == 0)
            throw new TrainingOptionsException("lora.targets", "is empty; there must be one at least.");
        for (int i = 0; i < Targets.Count; i++)
        {
            if (!AllTargets.Contains(Targets[i]))
                throw new TrainingOptionsException($"lora.targets[{i}]", $"is '{Targets[i]}'; it must be one of {string.Join(", ", AllTargets)}.");
        }
    }
}
