using System.Buffers;
using System.Diagnostics;

namespace KernelFoundry.Inference.Tokenizers.Models;

/// <summary>
/// Of which two symbols each token is merged, by which a long piece is encoded in linear time: from left to right by the longest token there is, and by a shorter one, or
/// another one before it, where two neighbours would not stay apart. A row of tokens is what merging by rank makes of their text where each token is what merging makes of its
/// own and each two neighbours are what it makes of theirs: the first merge across a border would be one of those two alone, since until then nothing else has touched them.
/// That only one row of tokens leads to a place bounds the search: a place from which nothing led on is not tried again. The rest is bounded by counting steps.
/// </summary>
internal sealed class TokenOrigins
{
    // English takes about 4; a vocabulary made to take more gets a heap, which always takes the logarithm of the length.
    private const int StepsOfByte = 100;
    private readonly MergeTable _merges;
    private readonly Origin[] _origins;
    private readonly TextTrie _trie;

    private TokenOrigins(MergeTable merges, Origin[] origins, TokenTexts texts)
    {
        _merges = merges;
        _origins = origins;
        _trie = new TextTrie(texts, id => origins[id].IsWhole);
        long steps = long.MaxValue;
        for (int id = 0; id < origins.Length; id++)
            origins[id].Prefix = origins[id].IsWhole ? Longest(texts[id][..^1], ref steps) : -1;
    }

    /// <summary>The origins of a vocabulary's tokens.</summary>
    /// <param name="merges">Which symbols merge.</param>
    /// <param name="texts">What each token stands for.</param>
    /// <param name="bytes">The token of each byte value.</param>
    /// <returns>Null where a byte has no token, or where a token is merged before one of its parts is, as no trainer does: only looking through all pairs tells what becomes of a text then.</returns>
    public static TokenOrigins? TryCreate(MergeTable merges, TokenTexts texts, ReadOnlySpan<int> bytes)
    {
        var origins = new Origin[texts.Count];
        for (int value = 0; value < bytes.Length; value++)
        {
            int id = bytes[value];
            if (id < 0 || !texts[id].SequenceEqual([(byte)value]))
                return null;
            origins[id] = new Origin { Length = 1, Left = -1, Right = -1, Rank = -1 };
        }

        int last = -1;
        var pairs = new List<(int Left, int Right, int Merged, int Rank)>(merges.Count);
        foreach ((int left, int right) in merges.InOrder())
        {
            int rank = merges.Find(left, right, out int merged);
            if (rank == last || merged >= texts.Count || !IsJoined(texts[merged], texts[left], texts[right]))
                return null;
            pairs.Add((left, right, merged, last = rank));
        }

        // Parts come before what is made of them.
        long steps = long.MaxValue;
        foreach (var (left, right, merged, rank) in pairs.OrderBy(pair => texts[pair.Merged].Length))
        {
            if (!origins[left].IsWhole || !origins[right].IsWhole || !StayApart(merges, origins, left, right, isLast: true, ref steps))
                continue;
            if (rank <= Math.Max(origins[left].Rank, origins[right].Rank))
                return null;
            origins[merged] = new Origin { Length = texts[merged].Length, Left = left, Right = right, Rank = rank };
        }

        return new TokenOrigins(merges, origins, texts);
    }

    /// <summary>Encodes a piece.</summary>
    /// <param name="piece">The piece; not empty.</param>
    /// <param name="ids">Takes the tokens; as long as the piece at least.</param>
    /// <param name="ends">Takes where each ends in the piece.</param>
    /// <returns>Number of tokens; -1 if it takes too long.</returns>
    public int Encode(ReadOnlySpan<byte> piece, Span<int> ids, Span<int> ends)
    {
        ulong[] rented = ArrayPool<ulong>.Shared.Rent((piece.Length / 64) + 1);
        Span<ulong> isDead = rented.AsSpan(0, (piece.Length / 64) + 1);
        isDead.Clear();
        long steps = (long)StepsOfByte * piece.Length;
        int count = 0, at = 0;
        while (at < piece.Length && steps > 0)
        {
            int id = Longest(piece[at..], ref steps);
            while (!TryAdd(id, isDead, ids, ends, ref count, ref at, ref steps) && steps > 0)
            {
                isDead[at >> 6] |= 1UL << at;
                if (--count < 0)
                    throw new UnreachableException("No row of tokens is what merging makes of a text.");
                at = count == 0 ? 0 : ends[count - 1];
                id = _origins[ids[count]].Prefix;
            }
        }

        ArrayPool<ulong>.Shared.Return(rented);
        return at == piece.Length ? count : -1;
    }

    // This token or the longest that it begins with and that goes on from the one before.
    private bool TryAdd(int id, ReadOnlySpan<ulong> isDead, Span<int> ids, Span<int> ends, ref int count, ref int at, ref long steps)
    {
        for (; id >= 0; id = _origins[id].Prefix)
        {
            int end = at + _origins[id].Length;
            if ((isDead[end >> 6] >> end & 1) != 0 || (count > 0 && !StayApart(_merges, _origins, ids[count - 1], id, isLast: false, ref steps)))
                continue;
            ids[count] = id;
            ends[count++] = at = end;
            return true;
        }

        return false;
    }

    // Whether no merge crosses the border of two tokens: their merges are undone, the latest first, and what stands at the border after each must merge no sooner than it goes
    // into what follows. Of equal ranks the left one merges first. Whether the two tokens themselves merge is not asked where that is the last of their merges.
    private static bool StayApart(MergeTable merges, Origin[] origins, int left, int right, bool isLast, ref long steps)
    {
        int leftEnds = MergeTable.None, rightEnds = MergeTable.None;
        for (; ; steps--)
        {
            int rank = isLast ? MergeTable.None : merges.Find(left, right, out _);
            isLast = false;
            if (rank < leftEnds && rank <= rightEnds)
                return false;
            ref readonly Origin leftOrigin = ref origins[left];
            ref readonly Origin rightOrigin = ref origins[right];
            if (leftOrigin.Rank > rightOrigin.Rank)
                (leftEnds, left) = (leftOrigin.Rank, leftOrigin.Right);
            else if (rightOrigin.Rank >= 0)
                (rightEnds, right) = (rightOrigin.Rank, rightOrigin.Left);
            else
                return true;
        }
    }

    private static bool IsJoined(ReadOnlySpan<byte> text, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        text.Length == left.Length + right.Length && text.StartsWith(left) && text.EndsWith(right);

    // Every byte is a token.
    private int Longest(ReadOnlySpan<byte> text, ref long steps)
    {
        int longest = -1, node = 0;
        foreach (byte value in text)
        {
            steps--;
            node = _trie.Next(node, value, out int token);
            if (node == 0)
                break;
            longest = token >= 0 ? token : longest;
        }

        return longest;
    }

    private struct Origin
    {
        public int Left;
        public int Right;

        /// <summary>When it is merged; -1 for a byte.</summary>
        public int Rank;

        /// <summary>In bytes; 0 for a token that merging its own text does not make.</summary>
        public int Length;

        /// <summary>The longest token that this one begins with, shorter than it, or -1.</summary>
        public int Prefix;

        public readonly bool IsWhole => Length > 0;
    }
}
