namespace KernelFoundry.Inference.Tokenizers.Training;

/// <summary>What a tokenizer is trained to be.</summary>
public record TrainingOptions
{
    /// <summary>Number of tokens, special ones included. Training ends earlier where the text gives no more.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Control tokens, which get the first ids.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = ["<|endoftext|>"];

    /// <summary>Which of <see cref="SpecialTokens"/> begins a text; null for none.</summary>
    public string? BosToken { get; init; }

    /// <summary>Which of <see cref="SpecialTokens"/> ends a text; null for the first.</summary>
    public string? EosToken { get; init; }

    /// <summary>Told what share of the work is done, 0 to 1.</summary>
    public IProgress<double>? Progress { get; init; }
}
