using KernelFoundry.Inference.Tokenizers.PreTokenizers;

namespace KernelFoundry.Inference.Tokenizers.Normalizers;

/// <summary>Writes U+2581 for each space.</summary>
internal sealed class SpaceMarker : Normalizer
{
    public static SpaceMarker Instance { get; } = new();

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<byte> text, bool isTextStart, NormalizedText output)
    {
        int at = 0;
        while (at < text.Length)
        {
            int space = text[at..].IndexOf((byte)' ');
            if (space < 0)
                break;
            output.Copy(text.Slice(at, space), at);
            at += space;
            output.Write(MarkerSplitter.Marker, at++);
        }

        output.Copy(text[at..], at);
    }
}
