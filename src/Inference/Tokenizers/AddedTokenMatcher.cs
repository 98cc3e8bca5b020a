using System.Buffers;
using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>
/// Finds added tokens in a text: the first place where one begins, and the longest that begins there. The texts are kept sorted, so
/// that the candidates at a place narrow byte by byte.
/// </summary>
internal sealed class AddedTokenMatcher
{
    private readonly AddedToken[] _tokens;
    private readonly SearchValues<byte> _firstBytes;

    /// <summary>
    /// Takes the tokens; of several with one text, the one with the lowest id is found. A broken file may have texts that are no UTF-8:
    /// no text holds them, and finding half a character would leave the other half.
    /// </summary>
    public AddedTokenMatcher(IEnumerable<AddedToken> tokens)
    {
        var sorted = tokens.Where(token => token.Text.Length > 0 && System.Text.Unicode.Utf8.IsValid(token.Text)).OrderBy(token => token.Id).ToList();
        var known = new TokenTextsBuilder(sorted.Count, sorted.Sum(token => token.Text.Length));
        foreach (var token in sorted)
            known.Add(token.Text);
        var texts = known.Build();
        sorted = [.. sorted.Where((token, i) => texts.Find(token.Text) == i)];
        sorted.Sort((x, y) => x.Text.AsSpan().SequenceCompareTo(y.Text));
        _tokens = [.. sorted];
        _firstBytes = SearchValues.Create([.. _tokens.Select(token => token.Text[0]).Distinct()]);
    }

    /// <summary>True where there is nothing to find.</summary>
    public bool IsEmpty => _tokens.Length == 0;

    /// <summary>Finds the next token.</summary>
    /// <param name="text">Where to look.</param>
    /// <param name="from">Where text begins that no earlier token took.</param>
    /// <param name="start">Where what the token takes begins; the length of the text where there is none.</param>
    /// <param name="end">Where it ends.</param>
    public AddedToken? Next(ReadOnlySpan<byte> text, int from, out int start, out int end)
    {
        for (int at = from; ;)
        {
            int skip = text[at..].IndexOfAny(_firstBytes);
            if (skip < 0)
            {
                start = end = text.Length;
                return null;
            }

            at += skip;
            if (LongestAt(text[at..]) is not { } token)
            {
                at++;
                continue;
            }

            (start, end) = (at, at + token.Text.Length);
            if (token.IsWord && (IsWordBefore(text, from, start) || IsWordAfter(text, end)))
            {
                at = end;
                continue;
            }

            if (token.StripsLeft)
                start = SpaceBefore(text, from, start);
            if (token.StripsRight)
                end = SpaceAfter(text, end);
            return token;
        }
    }

    private AddedToken? LongestAt(ReadOnlySpan<byte> text)
    {
        int low = 0, high = _tokens.Length;
        AddedToken? longest = null;
        for (int depth = 0; low < high; depth++)
        {
            // All of low..high begin with the first depth bytes of the text; one that ends here sorts first.
            if (_tokens[low].Text.Length == depth)
                longest = _tokens[low++];
            if (depth == text.Length)
                break;
            int next = text[depth];
            (low, high) = (FirstAtLeast(low, high, depth, next), FirstAtLeast(low, high, depth, next + 1));
        }

        return longest;
    }

    private int FirstAtLeast(int low, int high, int depth, int value)
    {
        while (low < high)
        {
            int middle = (int)((uint)(low + high) / 2);
            if (_tokens[middle].Text[depth] < value)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private static bool IsWordBefore(ReadOnlySpan<byte> text, int from, int at) =>
        at > from && UnicodeSets.Word.Contains(Utf8.ReadBack(text, at, out _));

    private static bool IsWordAfter(ReadOnlySpan<byte> text, int at) =>
        at < text.Length && UnicodeSets.Word.Contains(Utf8.Read(text, at, out _));

    private static int SpaceBefore(ReadOnlySpan<byte> text, int from, int at)
    {
        while (at > from && UnicodeSets.WhiteSpace.Contains(Utf8.ReadBack(text, at, out int length)))
            at -= length;
        return at;
    }

    private static int SpaceAfter(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && UnicodeSets.WhiteSpace.Contains(Utf8.Read(text, at, out int length)))
            at += length;
        return at;
    }
}
