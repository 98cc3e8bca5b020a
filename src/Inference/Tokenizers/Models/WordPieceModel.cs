using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Models;

/// <summary>
/// WordPiece (Schuster and Nakajima 2012; Devlin et al. 2019): the longest token that a word begins with, then the longest of those that
/// continue words, and so on. A word that cannot be written so is unknown as a whole.
/// </summary>
/// <param name="starts">Tokens that begin words.</param>
/// <param name="continuations">Tokens that continue words, by their text without the mark that says so.</param>
/// <param name="unknown">The token for unknown words; null leaves them out.</param>
/// <param name="longestWord">Words of more characters are unknown; null for no bound.</param>
internal sealed class WordPieceModel(TokenTexts starts, TokenTexts continuations, int? unknown, int? longestWord) : TokenModel
{
    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<byte> piece, TokenBuffer output)
    {
        int before = output.Count;
        bool isKnown = longestWord is not { } most || Utf8.Count(piece) <= most;
        for (int at = 0; isKnown && at < piece.Length;)
        {
            int id = Longest(at == 0 ? starts : continuations, piece[at..], out int length);
            isKnown = id >= 0;
            at += length;
            if (isKnown)
                output.Add(id, at);
        }

        if (isKnown)
            return;
        output.Truncate(before);
        if (unknown is { } token)
            output.Add(token, piece.Length);
    }

    private static int Longest(TokenTexts texts, ReadOnlySpan<byte> text, out int length)
    {
        for (length = Math.Min(text.Length, texts.MaximumBytes); length > 0; length--)
        {
            if (length < text.Length && Utf8.IsContinuation(text[length]))
                continue;
            int id = texts.Find(text[..length]);
            if (id >= 0)
                return id;
        }

        return -1;
    }
}
