namespace KernelFoundry.Inference.Generation;

/// <summary>How a <see cref="BatchEngine"/> shares a model among requests.</summary>
public sealed record BatchOptions
{
    /// <summary>Most sequences that run at once.</summary>
    public int MaxSequences { get; init; } = 16;

    /// <summary>Most requests that wait for their turn.</summary>
    public int MaxQueued { get; init; } = 256;

    /// <summary>Whether a request that finds the queue full waits for room in it; else it is refused with <see cref="BatchQueueFullException"/>.</summary>
    public bool WaitsForQueue { get; init; } = true;

    /// <summary>
    /// Positions that keys and values of all sequences together have room for, rounded up to whole blocks; null for as many as <see cref="MaxSequences"/> sequences
    /// of 2048 positions, or of the model's context where that is shorter.
    /// </summary>
    public int? CachePositions { get; init; }

    /// <summary>Whether requests that begin with the same tokens share their keys and values, at the same time and later.</summary>
    public bool SharesPrefixes { get; init; } = true;

    /// <summary>Most tokens of a step, prompts' and decoded ones together; null for <see cref="Models.ModelOptions.PrefillBatch"/>, which it cannot exceed.</summary>
    public int? StepTokens { get; init; }

    internal void Validate(int mostTokens)
    {
        Require(MaxSequences >= 1 && MaxSequences <= mostTokens, nameof(MaxSequences), MaxSequences, $"from 1 to {mostTokens}, the model's prefill batch");
        Require(MaxQueued >= 1, nameof(MaxQueued), MaxQueued, "1 or more");
        Require(CachePositions is null or >= 1, nameof(CachePositions), CachePositions ?? 0, "1 or more");
        Require(StepTokens is null || (StepTokens >= MaxSequences && StepTokens <= mostTokens), nameof(StepTokens), StepTokens ?? 0, $"from {nameof(MaxSequences)} to {mostTokens}, the model's prefill batch");
    }

    private static void Require(bool valid, string name, int value, string expected)
    {
        if (!valid)
            throw new ArgumentException(FormattableString.Invariant($"{nameof(BatchOptions)}.{name} is {value}; it must be {expected}."));
    }
}
