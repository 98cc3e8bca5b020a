namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// From logits to a token: processors, truncations, and how the token is taken. Made stage by stage from <see cref="Logits"/>. It holds settings
/// only and serves any number of sequences.
/// </summary>
public sealed class DecodingPipeline
{
    internal DecodingPipeline(LogitsProcessor[] processors, TruncationStep[] truncations, uint? seed, bool isGreedy)
    {
        for (int i = 0; i < truncations.Length; i++)
        {
            truncations[i].Validate();
            if (truncations[i] is Mirostat2 && i != truncations.Length - 1)
                throw new ArgumentException($"{nameof(Mirostat2)} must be the last truncation: after it comes {truncations[i + 1]}.");
            if (truncations[i] is Mirostat1 && truncations.Length > 1)
                throw new ArgumentException($"{nameof(Mirostat1)} sets the number of tokens itself and must be the only truncation.");
        }

        (Processors, Truncations, Seed, IsGreedy) = (processors, truncations, seed, isGreedy);
    }

    /// <summary>Where every pipeline begins.</summary>
    public static LogitsStage Logits { get; } = new();

    /// <summary>What changes logits, in order.</summary>
    public IReadOnlyList<LogitsProcessor> Processors { get; }

    /// <summary>What narrows probabilities, in order.</summary>
    public IReadOnlyList<TruncationStep> Truncations { get; }

    /// <summary>Seed of the random numbers; null for a new one for every sequence.</summary>
    public uint? Seed { get; }

    /// <summary>Whether the largest logit is taken, and nothing drawn.</summary>
    public bool IsGreedy { get; }
}
