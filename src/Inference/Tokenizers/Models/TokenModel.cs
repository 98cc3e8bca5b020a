namespace KernelFoundry.Inference.Tokenizers.Models;

/// <summary>How a piece of normalized text, which no token crosses the ends of, becomes tokens. Immutable.</summary>
internal abstract class TokenModel
{
    /// <summary>Appends the tokens of <paramref name="piece"/>, valid UTF-8, to <paramref name="output"/>.</summary>
    public abstract void Encode(ReadOnlySpan<byte> piece, TokenBuffer output);
}
