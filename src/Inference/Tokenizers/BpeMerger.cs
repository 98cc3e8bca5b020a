using System.Buffers;
using System.Runtime.InteropServices;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>
/// Byte-pair encoding by score: the text starts as single characters, and of all neighbours whose concatenation is a token, the
/// pair with the highest score merges first, the leftmost of equals. A linked list of symbols and a heap of pairs make it
/// O(n log n).
/// </summary>
internal sealed class BpeMerger(Vocabulary vocabulary, float[] scores, int[] byteTokens)
{
    /// <summary>Encodes valid UTF-8 and appends the ids; a character without a token becomes <c>byteTokens</c> of its bytes.</summary>
    public void Encode(ReadOnlySpan<byte> text, List<int> tokens)
    {
        Symbol[] rented = ArrayPool<Symbol>.Shared.Rent(text.Length);
        var symbols = rented.AsSpan(0, Split(text, rented));
        var pairs = new PriorityQueue<Pair, ulong>();
        for (int i = 1; i < symbols.Length; i++)
            Offer(text, symbols, i - 1, i, pairs);

        while (pairs.TryDequeue(out var pair, out _))
        {
            ref var left = ref symbols[pair.Left];
            ref var right = ref symbols[pair.Right];
            // A symbol of the pair may have been merged since, which changes its length; a merged-away one has length 0.
            if (left.Length == 0 || right.Length == 0 || left.Length + right.Length != pair.Length)
                continue;
            left.Length = pair.Length;
            left.Token = pair.Token;
            right.Length = 0;
            left.Next = right.Next;
            if (left.Next >= 0)
            {
                symbols[left.Next].Previous = pair.Left;
                Offer(text, symbols, pair.Left, left.Next, pairs);
            }

            if (left.Previous >= 0)
                Offer(text, symbols, left.Previous, pair.Left, pairs);
        }

        for (int i = symbols.IsEmpty ? -1 : 0; i >= 0; i = symbols[i].Next)
            Emit(text, symbols[i], tokens);
        ArrayPool<Symbol>.Shared.Return(rented);
    }

    private int Split(ReadOnlySpan<byte> text, Symbol[] symbols)
    {
        int count = 0;
        for (int start = 0; start < text.Length; count++)
        {
            int length = 1;
            while (start + length < text.Length && (text[start + length] & 0xC0) == 0x80)
                length++;
            symbols[count] = new Symbol
            {
                Start = start,
                Length = length,
                Previous = count - 1,
                Next = count + 1,
                Token = FindPiece(text.Slice(start, length)),
            };
            start += length;
        }

        if (count > 0)
            symbols[count - 1].Next = -1;
        return count;
    }

    private void Offer(ReadOnlySpan<byte> text, ReadOnlySpan<Symbol> symbols, int left, int right, PriorityQueue<Pair, ulong> pairs)
    {
        int length = symbols[left].Length + symbols[right].Length;
        int token = FindPiece(text.Slice(symbols[left].Start, length));
        if (token >= 0)
            pairs.Enqueue(new Pair(left, right, length, token), Priority(scores[token], left));
    }

    /// <summary>
    /// The token with this text, if it is one that text may turn into. Control, unknown and byte tokens are not: a text that spells
    /// <c>&lt;/s&gt;</c> must not end the sequence.
    /// </summary>
    private int FindPiece(ReadOnlySpan<byte> text)
    {
        if (text.Length > vocabulary.MaximumTextBytes)
            return -1;
        int token = vocabulary.Find(text);
        return token >= 0 && vocabulary.Type(token) is TokenType.Control or TokenType.Unknown or TokenType.Byte ? -1 : token;
    }

    /// <summary>A key that sorts by falling score, then by rising position.</summary>
    private static ulong Priority(float score, int position)
    {
        // Adding zero turns -0 into +0, which compare equal. Flipping makes the bits of floats sort as the floats do.
        uint bits = BitConverter.SingleToUInt32Bits(score + 0f);
        uint rising = (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000;
        return ((ulong)~rising << 32) | (uint)position;
    }

    private void Emit(ReadOnlySpan<byte> text, in Symbol symbol, List<int> tokens)
    {
        if (symbol.Token >= 0)
        {
            tokens.Add(symbol.Token);
            return;
        }

        foreach (byte b in text.Slice(symbol.Start, symbol.Length))
            tokens.Add(byteTokens[b]);
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Symbol
    {
        public int Start;
        public int Length;
        public int Previous;
        public int Next;
        public int Token;
    }

    private readonly record struct Pair(int Left, int Right, int Length, int Token);
}
