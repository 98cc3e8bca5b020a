using System.Buffers;
using System.Text;

namespace KernelFoundry.Inference.Tokenizers.Normalizers;

/// <summary>Lower case, without regard to language.</summary>
internal sealed class LowercaseNormalizer : CharacterNormalizer
{
    private static readonly SearchValues<byte> s_unchanged = SearchValues.Create([.. Enumerable.Range(0, 0x80).Select(c => (byte)c).Where(c => c is < (byte)'A' or > (byte)'Z')]);

    private const int DottedI = 0x130, CombiningDot = 0x307;

    /// <inheritdoc/>
    protected override int Unchanged(ReadOnlySpan<byte> text) => Run(text.IndexOfAnyExcept(s_unchanged), text);

    /// <inheritdoc/>
    protected override void Apply(int codePoint, ReadOnlySpan<byte> character, int source, NormalizedText output)
    {
        // The one letter whose lower case is two (SpecialCasing.txt, without conditions).
        if (codePoint == DottedI)
        {
            Write('i', source, output);
            Write(CombiningDot, source, output);
            return;
        }

        int lower = Rune.ToLowerInvariant(new Rune(codePoint)).Value;
        if (lower == codePoint)
            output.Write(character, source);
        else
            Write(lower, source, output);
    }
}
