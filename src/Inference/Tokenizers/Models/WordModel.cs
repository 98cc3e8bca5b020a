namespace KernelFoundry.Inference.Tokenizers.Models;

/// <summary>A piece is one token, or unknown.</summary>
/// <param name="texts">The tokens.</param>
/// <param name="unknown">The token for other pieces; null leaves them out.</param>
internal sealed class WordModel(TokenTexts texts, int? unknown) : TokenModel
{
    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<byte> piece, TokenBuffer output)
    {
        int id = texts.Find(piece);
        if ((id >= 0 ? id : unknown) is { } token)
            output.Add(token, piece.Length);
    }
}
