namespace KernelFoundry.Inference.Tokenizers.Normalizers;

/// <summary>Writes something else for each place of a text.</summary>
/// <param name="search">What is looked for; not empty.</param>
/// <param name="replacement">What is written.</param>
internal sealed class TextReplacer(byte[] search, byte[] replacement) : Normalizer
{
    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<byte> text, bool isTextStart, NormalizedText output)
    {
        int at = 0;
        for (int found = text.IndexOf(search); found >= 0; found = text[at..].IndexOf(search))
        {
            output.Copy(text.Slice(at, found), at);
            at += found;
            output.Write(replacement, at);
            at += search.Length;
        }

        output.Copy(text[at..], at);
    }
}
