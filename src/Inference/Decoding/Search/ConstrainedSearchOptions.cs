namespace KernelFoundry.Inference.Decoding;

/// <summary>Settings of <see cref="ConstrainedBeamSearch"/>.</summary>
public sealed record ConstrainedSearchOptions : SearchOptions
{
    /// <summary>Continuations that are worked on at a time.</summary>
    public int Beams { get; init; } = 8;

    /// <summary>Sequences of tokens that every result includes, none empty.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Phrases { get; init; } = [];

    /// <inheritdoc/>
    internal override void Validate()
    {
        base.Validate();
        Require(Beams >= 1, nameof(Beams), Beams, "1 or more");
        Require(Results <= Beams, nameof(Results), Results, $"at most {nameof(Beams)}, which is {Beams}");
        foreach (IReadOnlyList<int> phrase in Phrases)
        {
            Require(phrase.Count > 0, nameof(Phrases), phrase.Count, "sequences of at least one token");
            Require(phrase.Count <= MaxTokens, nameof(Phrases), phrase.Count, $"sequences that fit {nameof(MaxTokens)}, which is {MaxTokens}");
            foreach (int stop in StopTokens)
                Require(!phrase.Contains(stop), nameof(Phrases), stop, "sequences without a stop token, which would end the text inside");
        }
    }
}
