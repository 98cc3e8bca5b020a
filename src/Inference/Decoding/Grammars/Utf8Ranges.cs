namespace KernelFoundry.Inference.Decoding;

/// <summary>The UTF-8 encodings of ranges of characters, as sequences of byte ranges.</summary>
internal static class Utf8Ranges
{
    // Last characters of one, two, three and four bytes.
    private static readonly int[] s_last = [0x7F, 0x7FF, 0xFFFF, 0x10FFFF];

    /// <summary>The encodings of a range: each a sequence of first and last bytes.</summary>
    public static IEnumerable<(byte First, byte Last)[]> Split(int first, int last)
    {
        int start = first;
        for (int length = 1; length <= 4; length++)
        {
            int end = Math.Min(last, s_last[length - 1]);
            if (start <= end)
            {
                foreach ((byte, byte)[] each in SplitSameLength(Encode(start, length), Encode(end, length), 0))
                    yield return each;
                start = end + 1;
            }
        }
    }

    // Encodings of one length between two, from a byte on: a partial first, whole ones between, a partial last.
    private static IEnumerable<(byte, byte)[]> SplitSameLength(byte[] low, byte[] high, int at)
    {
        if (at == low.Length - 1)
        {
            yield return [(low[at], high[at])];
            yield break;
        }

        if (low[at] == high[at])
        {
            foreach ((byte, byte)[] rest in SplitSameLength(low, high, at + 1))
                yield return [(low[at], low[at]), .. rest];
            yield break;
        }

        byte[] least = Tail(low, at, 0x80), most = Tail(high, at, 0xBF);
        int from = low[at], to = high[at];
        if (!low.AsSpan(at + 1).SequenceEqual(least.AsSpan(at + 1)))
        {
            foreach ((byte, byte)[] rest in SplitSameLength(low, Tail(low, at, 0xBF), at + 1))
                yield return [(low[at], low[at]), .. rest];
            from++;
        }

        bool hasEnd = !high.AsSpan(at + 1).SequenceEqual(most.AsSpan(at + 1));
        if (hasEnd)
            to--;
        if (from <= to)
            yield return [((byte)from, (byte)to), .. Enumerable.Repeat(((byte)0x80, (byte)0xBF), low.Length - at - 1)];
        if (hasEnd)
        {
            foreach ((byte, byte)[] rest in SplitSameLength(Tail(high, at, 0x80), high, at + 1))
                yield return [(high[at], high[at]), .. rest];
        }
    }

    private static byte[] Tail(byte[] bytes, int at, byte fill)
    {
        byte[] result = [.. bytes];
        result.AsSpan(at + 1).Fill(fill);
        return result;
    }

    private static byte[] Encode(int character, int length)
    {
        if (length == 1)
            return [(byte)character];
        var bytes = new byte[length];
        for (int i = length - 1; i > 0; i--)
        {
            bytes[i] = (byte)(0x80 | (character & 0x3F));
            character >>= 6;
        }

        bytes[0] = (byte)((0xF00 >> length) | character);
        return bytes;
    }
}
