using System.Buffers;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>
/// Finds the texts of special tokens in a text: the first place where one begins, and the longest that begins there. The texts
/// are kept sorted, so that the candidates at a place narrow byte by byte.
/// </summary>
internal sealed class SpecialTokenMatcher
{
    private readonly Vocabulary _vocabulary;
    private readonly int[] _ids;
    private readonly SearchValues<byte> _firstBytes;

    public SpecialTokenMatcher(Vocabulary vocabulary, Func<TokenType, bool> includes)
    {
        _vocabulary = vocabulary;
        var ids = new List<int>();
        for (int id = 0; id < vocabulary.Count; id++)
        {
            // Of several tokens with one text, the vocabulary finds the first; so does the matcher.
            if (includes(vocabulary.Type(id)) && !vocabulary.Text(id).IsEmpty && vocabulary.Find(vocabulary.Text(id)) == id)
                ids.Add(id);
        }

        ids.Sort((x, y) => vocabulary.Text(x).SequenceCompareTo(vocabulary.Text(y)));
        _ids = ids.ToArray();
        Span<byte> firstBytes = stackalloc byte[256];
        int count = 0;
        foreach (int id in _ids)
        {
            byte first = vocabulary.Text(id)[0];
            if (count == 0 || firstBytes[count - 1] != first)
                firstBytes[count++] = first;
        }

        _firstBytes = SearchValues.Create(firstBytes[..count]);
    }

    /// <summary>Finds the next special token.</summary>
    /// <param name="text">Where to look.</param>
    /// <param name="start">Where the token begins; the length of the text where there is none.</param>
    /// <returns>The token id, or -1.</returns>
    public int Next(ReadOnlySpan<byte> text, out int start)
    {
        start = 0;
        while (true)
        {
            int skip = text[start..].IndexOfAny(_firstBytes);
            if (skip < 0)
            {
                start = text.Length;
                return -1;
            }

            start += skip;
            int id = LongestAt(text[start..]);
            if (id >= 0)
                return id;
            start++;
        }
    }

    private int LongestAt(ReadOnlySpan<byte> text)
    {
        int low = 0, high = _ids.Length, longest = -1;
        for (int depth = 0; low < high; depth++)
        {
            // All of low..high begin with the first depth bytes of the text; one that ends here sorts first.
            if (_vocabulary.Text(_ids[low]).Length == depth)
                longest = _ids[low++];
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
            if (_vocabulary.Text(_ids[middle])[depth] < value)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
