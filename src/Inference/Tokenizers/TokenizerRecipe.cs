namespace KernelFoundry.Inference.Tokenizers;

/// <summary>What a tokenizer needs besides its parts to be written to a file again.</summary>
/// <param name="Model">What GGUF calls the model: "gpt2", "llama", "t5", "bert".</param>
internal sealed record TokenizerRecipe(string Model)
{
    /// <summary>The name of a byte-level vocabulary's pre-tokenizer.</summary>
    public string? PreTokenizer { get; init; }

    /// <summary>A score a token, where the model has scores.</summary>
    public IReadOnlyList<float>? Scores { get; init; }

    /// <summary>What tokens that continue words begin with, where GGUF marks those that begin them instead.</summary>
    public string? ContinuationPrefix { get; init; }

    /// <summary>WordPiece: whether capitals become small.</summary>
    public bool Lowercases { get; init; } = true;

    /// <summary>WordPiece: whether accents go.</summary>
    public bool StripsAccents { get; init; } = true;

    /// <summary>A text begins with a space.</summary>
    public bool AddSpacePrefix { get; init; }

    /// <summary>Spaces before, after and between words are reduced to one between.</summary>
    public bool RemoveExtraSpaces { get; init; }
}
