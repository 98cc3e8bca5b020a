using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Normalizers;

/// <summary>Leaves out white space where a text begins and ends.</summary>
/// <param name="left">Where it begins.</param>
/// <param name="right">Where it ends.</param>
internal sealed class SpaceTrimmer(bool left, bool right) : Normalizer
{
    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<byte> text, bool isTextStart, NormalizedText output)
    {
        int start = 0, end = text.Length;
        while (left && start < end && UnicodeSets.WhiteSpace.Contains(Utf8.Read(text, start, out int length)))
            start += length;
        while (right && end > start && UnicodeSets.WhiteSpace.Contains(Utf8.ReadBack(text, end, out int length)))
            end -= length;
        output.Copy(text[start..end], start);
    }
}
