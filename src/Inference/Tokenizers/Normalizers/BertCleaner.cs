using System.Globalization;
using System.Text;
using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Normalizers;

/// <summary>
/// The first half of BERT's normalization (Devlin et al. 2019, <c>BasicTokenizer</c>): control characters go, white space becomes a
/// space, and Chinese characters get spaces around them.
/// </summary>
/// <param name="cleansText">Control characters and white space are seen to.</param>
/// <param name="spacesChinese">Chinese characters get spaces.</param>
internal sealed class BertCleaner(bool cleansText, bool spacesChinese) : CharacterNormalizer
{
    /// <inheritdoc/>
    protected override int Unchanged(ReadOnlySpan<byte> text) => Run(text.IndexOfAnyExceptInRange((byte)' ', (byte)'~'), text);

    /// <inheritdoc/>
    protected override void Apply(int codePoint, ReadOnlySpan<byte> character, int source, NormalizedText output)
    {
        if (cleansText && codePoint is < ' ' or >= 0x7F)
        {
            if (UnicodeSets.WhiteSpace.Contains(codePoint))
            {
                output.Write(" "u8, source);
                return;
            }

            if (IsControl(codePoint))
                return;
        }

        if (spacesChinese && IsChinese(codePoint))
        {
            output.Write(" "u8, source);
            output.Write(character, source);
            output.Write(" "u8, source);
            return;
        }

        output.Write(character, source);
    }

    private static bool IsControl(int codePoint) => codePoint == 0xFFFD || Rune.GetUnicodeCategory(new Rune(codePoint)) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    // The blocks that BERT calls Chinese: no kana, no Hangul.
    private static bool IsChinese(int c) => c is (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B820 and <= 0x2CEAF)
        or (>= 0x2F800 and <= 0x2FA1F);
}
