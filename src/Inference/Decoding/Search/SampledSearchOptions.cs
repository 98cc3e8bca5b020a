namespace KernelFoundry.Inference.Decoding;

/// <summary>Settings of <see cref="SampledSearch"/>.</summary>
public sealed record SampledSearchOptions
{
    /// <summary>How tokens are drawn.</summary>
    public DecodingPipeline Pipeline { get; init; } = DecodingPipeline.Logits.ToProbabilities().Draw(0);

    /// <summary>Most tokens to generate, the stop token not counted.</summary>
    public int MaxTokens { get; init; } = 64;

    /// <summary>Tokens that end a continuation.</summary>
    public IReadOnlyList<int> StopTokens { get; init; } = [];

    /// <summary>
    /// A token that takes the one before it back instead of standing for text (Cundy and Ermon, "SequenceMatch", 2023, section 3); null for none.
    /// </summary>
    public int? BackspaceToken { get; init; }

    /// <summary>Phrases that must not appear; null for none.</summary>
    public BannedPhrases? Banned { get; init; }

    /// <summary>Most tokens taken back, for backspaces and banned phrases together: then backspaces are banned, and phrases let through.</summary>
    public int MostTakenBack { get; init; } = 1000;

    /// <summary>Checks every value.</summary>
    internal void Validate(int vocabulary)
    {
        if (MaxTokens < 1)
            throw new ArgumentException($"{nameof(SampledSearchOptions)}.{nameof(MaxTokens)} is {MaxTokens}; it must be 1 or more.");
        if (MostTakenBack < 0)
            throw new ArgumentException($"{nameof(SampledSearchOptions)}.{nameof(MostTakenBack)} is {MostTakenBack}; it must be 0 or more.");
        if (BackspaceToken is { } token && ((uint)token >= (uint)vocabulary || StopTokens.Contains(token)))
        {
            throw new ArgumentException($"{nameof(SampledSearchOptions)}.{nameof(BackspaceToken)} is {token}; it must be a token from 0 to "
                + $"{vocabulary - 1} that is no stop token.");
        }
    }
}
