using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.PreTokenizers;

/// <summary>
/// Cuts runs of digits into threes counted from the right, as thousands are written: the pattern <c>(?=(\d{3})+(?!\d))</c>, which
/// matches between characters.
/// </summary>
internal sealed class DigitGroupSplitter : Splitter
{
    /// <summary>The pattern.</summary>
    public const string Pattern = @"(?=(\d{3})+(?!\d))";

    private const int Group = 3, Ascii = 0x80;

    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<byte> text, int start, int end, in PieceSink next)
    {
        int last = start;
        for (int at = start; at < end;)
        {
            int digits = Run(text, at, end);
            if (digits == 0)
                at += Utf8.Length(text[at]);
            for (int left = digits; left > 0; left--, at += Utf8.Length(text[at]))
            {
                if (left % Group != 0)
                    continue;
                next.Take(text, last, at);
                last = at;
            }
        }

        next.Take(text, last, end);
    }

    private static int Run(ReadOnlySpan<byte> text, int at, int end)
    {
        int digits = 0;
        for (; at < end; digits++)
        {
            if (!IsDigit(text, at, out int length))
                break;
            at += length;
        }

        return digits;
    }

    private static bool IsDigit(ReadOnlySpan<byte> text, int at, out int length)
    {
        length = 1;
        return text[at] < Ascii ? char.IsAsciiDigit((char)text[at]) : UnicodeSets.Digit.Contains(Utf8.Read(text, at, out length));
    }
}
