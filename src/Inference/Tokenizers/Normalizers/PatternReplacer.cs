using KernelFoundry.Inference.Tokenizers.Patterns;

namespace KernelFoundry.Inference.Tokenizers.Normalizers;

/// <summary>Writes something else for each match of a pattern.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="replacement">What is written; it holds no references to groups.</param>
internal sealed class PatternReplacer(Pattern pattern, byte[] replacement) : Normalizer
{
    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<byte> text, bool isTextStart, NormalizedText output)
    {
        var matches = pattern.In(text);
        int last = 0;
        while (matches.MoveNext())
        {
            output.Copy(text[last..matches.Start], last);
            output.Write(replacement, matches.Start);
            last = matches.End;
        }

        output.Copy(text[last..], last);
    }
}
