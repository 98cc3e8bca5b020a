using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Models;

/// <summary>
/// Each character is a symbol, as in SentencePiece. One that is no token may still be part of one; if it merges with nothing it becomes
/// the tokens of its bytes, or the unknown token.
/// </summary>
internal sealed class CharacterSymbols : BpeSymbols
{
    private const int Ascii = 128;
    private readonly TokenTexts _texts;
    private readonly Dictionary<int, int> _parts;
    private readonly UnknownText _unknown;
    private readonly int[] _ascii = new int[Ascii];

    /// <summary>Takes the parts.</summary>
    /// <param name="texts">What each token stands for.</param>
    /// <param name="parts">Characters that are no tokens but begin or end one: a number a character, from the number of tokens up.</param>
    /// <param name="unknown">What becomes of characters that are no tokens.</param>
    public CharacterSymbols(TokenTexts texts, Dictionary<int, int> parts, UnknownText unknown)
    {
        _texts = texts;
        _parts = parts;
        _unknown = unknown;
        for (int c = 0; c < Ascii; c++)
            _ascii[c] = Find([(byte)c], c);
    }

    /// <inheritdoc/>
    public override int Split(ReadOnlySpan<byte> piece, Span<int> ids, Span<int> ends)
    {
        int count = 0;
        for (int at = 0; at < piece.Length; count++)
        {
            int c = Utf8.Read(piece, at, out int length);
            ids[count] = c < Ascii ? _ascii[c] : Find(piece.Slice(at, length), c);
            ends[count] = at += length;
        }

        return count;
    }

    /// <inheritdoc/>
    public override void Emit(ReadOnlySpan<byte> piece, ReadOnlySpan<int> ids, ReadOnlySpan<int> ends, TokenBuffer output)
    {
        int start = 0;
        bool afterUnknown = false;
        for (int i = 0; i < ids.Length; start = ends[i++])
        {
            bool isToken = ids[i] >= 0 && ids[i] < _texts.Count;
            if (isToken)
                output.Add(ids[i], ends[i]);
            else
                isToken = _unknown.Emit(piece, start, ends[i], afterUnknown, output);
            afterUnknown = !isToken;
        }
    }

    private int Find(ReadOnlySpan<byte> character, int codePoint)
    {
        int id = _texts.Find(character);
        return id >= 0 ? id : _parts.GetValueOrDefault(codePoint, -1);
    }
}
