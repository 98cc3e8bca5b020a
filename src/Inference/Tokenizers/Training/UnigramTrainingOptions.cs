namespace KernelFoundry.Inference.Tokenizers.Training;

/// <summary>What a unigram tokenizer is trained to be.</summary>
public sealed record UnigramTrainingOptions : TrainingOptions
{
    /// <summary>The token for text that the vocabulary does not have.</summary>
    public const string UnknownToken = "<unk>";

    /// <summary>The usual special tokens of SentencePiece.</summary>
    public UnigramTrainingOptions() => (SpecialTokens, EosToken) = ([UnknownToken, "<s>", "</s>"], "</s>");

    /// <summary>All 256 bytes are tokens too, which characters without a token become.</summary>
    public bool ByteFallback { get; init; } = true;

    /// <summary>The share of the text's characters that have a token; the rarest of the others do without.</summary>
    public double CharacterCoverage { get; init; } = 0.9995;

    /// <summary>No token has more characters.</summary>
    public int MaximumCharacters { get; init; } = 16;
}
