using System.Runtime.CompilerServices;

namespace KernelFoundry.Inference.Tokenizers.Unicode;

/// <summary>Reading valid UTF-8 one code point at a time, without the checks that text from outside needs.</summary>
internal static class Utf8
{
    /// <summary>The code point that begins at <paramref name="at"/>, and how many bytes it takes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Read(ReadOnlySpan<byte> text, int at, out int length)
    {
        int first = text[at];
        if (first < 0x80)
        {
            length = 1;
            return first;
        }

        if (first < 0xE0)
        {
            length = 2;
            return ((first & 0x1F) << 6) | (text[at + 1] & 0x3F);
        }

        if (first < 0xF0)
        {
            length = 3;
            return ((first & 0x0F) << 12) | ((text[at + 1] & 0x3F) << 6) | (text[at + 2] & 0x3F);
        }

        length = 4;
        return ((first & 0x07) << 18) | ((text[at + 1] & 0x3F) << 12) | ((text[at + 2] & 0x3F) << 6) | (text[at + 3] & 0x3F);
    }

    /// <summary>The code point that ends before <paramref name="end"/>, which is above 0.</summary>
    public static int ReadBack(ReadOnlySpan<byte> text, int end, out int length)
    {
        int start = end - 1;
        while (start > 0 && IsContinuation(text[start]))
            start--;
        return Read(text, start, out length);
    }

    /// <summary>True for a byte that continues a sequence.</summary>
    public static bool IsContinuation(byte value) => (value & 0xC0) == 0x80;

    /// <summary>Bytes of the sequence that begins with <paramref name="first"/>.</summary>
    public static int Length(byte first) => first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;

    /// <summary>Number of code points.</summary>
    public static int Count(ReadOnlySpan<byte> text)
    {
        int count = 0;
        foreach (byte b in text)
            count += IsContinuation(b) ? 0 : 1;
        return count;
    }
}
