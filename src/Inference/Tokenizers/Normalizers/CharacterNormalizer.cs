using System.Text;
using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Normalizers;

/// <summary>A normalizer that looks at one character at a time.</summary>
internal abstract class CharacterNormalizer : Normalizer
{
    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<byte> text, bool isTextStart, NormalizedText output)
    {
        for (int at = 0; at < text.Length;)
        {
            int run = Unchanged(text[at..]);
            if (run > 0)
            {
                output.Copy(text.Slice(at, run), at);
                at += run;
                continue;
            }

            int codePoint = Utf8.Read(text, at, out int length);
            Apply(codePoint, text.Slice(at, length), at, output);
            at += length;
        }
    }

    /// <summary>How many bytes at the beginning stay as they are, as far as a quick look tells; whole characters.</summary>
    protected abstract int Unchanged(ReadOnlySpan<byte> text);

    /// <summary>Writes what becomes of a character.</summary>
    protected abstract void Apply(int codePoint, ReadOnlySpan<byte> character, int source, NormalizedText output);

    /// <summary>The length of a run from the place of its end, which is -1 where it does not end.</summary>
    protected static int Run(int end, ReadOnlySpan<byte> text) => end < 0 ? text.Length : end;

    /// <summary>Writes a code point.</summary>
    protected static void Write(int codePoint, int source, NormalizedText output)
    {
        Span<byte> utf8 = stackalloc byte[4];
        output.Write(utf8[..new Rune(codePoint).EncodeToUtf8(utf8)], source);
    }
}
