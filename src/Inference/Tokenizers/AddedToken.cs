namespace KernelFoundry.Inference.Tokenizers;

/// <summary>A token whose text is cut out of a text before the rest is pre-tokenized.</summary>
/// <param name="Id">The token.</param>
/// <param name="Text">Its text, as UTF-8.</param>
internal sealed record AddedToken(int Id, byte[] Text)
{
    /// <summary>Steers the model: read in a text only where that was asked for, and left out of decoded text.</summary>
    public bool IsSpecial { get; init; }

    /// <summary>Takes the white space before it along.</summary>
    public bool StripsLeft { get; init; }

    /// <summary>Takes the white space after it along.</summary>
    public bool StripsRight { get; init; }

    /// <summary>Not found where a letter, digit or underscore is next to it.</summary>
    public bool IsWord { get; init; }

    /// <summary>Looked for in normalized text rather than in the text as it came.</summary>
    public bool IsNormalized { get; init; }
}
