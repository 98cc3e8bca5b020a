using System.Globalization;
using System.Text;

namespace KernelFoundry.Inference.Tokenizers.Normalizers;

/// <summary>Leaves out non-spacing marks, which a text in form D has its accents as.</summary>
internal sealed class AccentStripper : CharacterNormalizer
{
    /// <inheritdoc/>
    protected override int Unchanged(ReadOnlySpan<byte> text) => Run(text.IndexOfAnyInRange((byte)0x80, (byte)0xFF), text);

    /// <inheritdoc/>
    protected override void Apply(int codePoint, ReadOnlySpan<byte> character, int source, NormalizedText output)
    {
        if (Rune.GetUnicodeCategory(new Rune(codePoint)) != UnicodeCategory.NonSpacingMark)
            output.Write(character, source);
    }
}
