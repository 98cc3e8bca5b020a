using System.Text;

namespace KernelFoundry.Inference.Tokenizers.Unicode;

/// <summary>
/// The letters that byte-level vocabularies write bytes with (Radford et al. 2019): printable Latin-1 stands for itself, the other 68
/// bytes are U+0100 and up, in order.
/// </summary>
internal static class ByteAlphabet
{
    private const int FirstSubstitute = 0x100;
    private const int Letters = 0x144;
    private static readonly char[] s_letters = MakeLetters();
    private static readonly short[] s_bytes = MakeBytes();

    /// <summary>The letter of a byte.</summary>
    public static char Letter(byte value) => s_letters[value];

    /// <summary>The byte of a letter, or -1.</summary>
    public static int Byte(int codePoint) => codePoint < Letters ? s_bytes[codePoint] : -1;

    /// <summary>Writes bytes as letters.</summary>
    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (byte b in bytes)
            text.Append(s_letters[b]);
        return text.ToString();
    }

    /// <summary>Reads letters as bytes into the builder's next token; text with anything else stands for itself.</summary>
    public static void Read(ReadOnlySpan<byte> letters, TokenTextsBuilder output)
    {
        Span<byte> bytes = letters.Length <= 256 ? stackalloc byte[letters.Length] : new byte[letters.Length];
        int count = 0;
        for (int at = 0; at < letters.Length;)
        {
            if (Rune.DecodeFromUtf8(letters[at..], out Rune rune, out int length) != System.Buffers.OperationStatus.Done || Byte(rune.Value) < 0)
            {
                output.Add(letters);
                return;
            }

            bytes[count++] = (byte)Byte(rune.Value);
            at += length;
        }

        output.Add(bytes[..count]);
    }

    private static char[] MakeLetters()
    {
        var letters = new char[256];
        int substitute = FirstSubstitute;
        for (int b = 0; b < letters.Length; b++)
            letters[b] = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)b : (char)substitute++;
        return letters;
    }

    private static short[] MakeBytes()
    {
        var bytes = new short[Letters];
        Array.Fill(bytes, (short)-1);
        for (int b = 0; b < 256; b++)
            bytes[s_letters[b]] = (short)b;
        return bytes;
    }
}
