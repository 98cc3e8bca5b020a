namespace KernelFoundry.Inference.Tokenizers.Normalizers;

/// <summary>SentencePiece's <c>remove_extra_whitespaces</c>: no spaces at the ends, and one where there are more.</summary>
internal sealed class ExtraSpaceRemover : Normalizer
{
    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<byte> text, bool isTextStart, NormalizedText output)
    {
        bool isFirst = true;
        for (int at = 0; at < text.Length;)
        {
            int skip = text[at..].IndexOfAnyExcept((byte)' ');
            if (skip < 0)
                return;
            if (skip > 0 && !isFirst)
                output.Write(" "u8, at);
            at += skip;
            int length = text[at..].IndexOf((byte)' ');
            length = length < 0 ? text.Length - at : length;
            output.Copy(text.Slice(at, length), at);
            at += length;
            isFirst = false;
        }
    }
}
