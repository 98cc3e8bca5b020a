namespace KernelFoundry.Inference.Decoding;

/// <summary>What every search has.</summary>
public record SearchOptions
{
    /// <summary>Most tokens to generate, the stop token not counted.</summary>
    public int MaxTokens { get; init; } = 64;

    /// <summary>Tokens that end a continuation.</summary>
    public IReadOnlyList<int> StopTokens { get; init; } = [];

    /// <summary>Continuations to return, the best first.</summary>
    public int Results { get; init; } = 1;

    /// <summary>What changes logits before they are probabilities.</summary>
    public IReadOnlyList<LogitsProcessor> Processors { get; init; } = [];

    /// <summary>How continuations of different lengths compare.</summary>
    public LengthPenalty LengthPenalty { get; init; } = LengthPenalty.None;

    /// <summary>Seed of the random numbers, where the search draws any.</summary>
    public uint Seed { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message says which.</exception>
    internal virtual void Validate()
    {
        Require(MaxTokens >= 1, nameof(MaxTokens), MaxTokens, "1 or more");
        Require(Results >= 1, nameof(Results), Results, "1 or more");
    }

    /// <summary>Says that a value must be right.</summary>
    private protected void Require(bool valid, string name, IFormattable value, string expected)
    {
        if (!valid)
        {
            string text = value.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
            throw new ArgumentException($"{GetType().Name}.{name} is {text}; it must be {expected}.");
        }
    }
}
