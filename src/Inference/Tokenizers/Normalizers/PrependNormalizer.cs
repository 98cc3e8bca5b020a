namespace KernelFoundry.Inference.Tokenizers.Normalizers;

/// <summary>Puts something before the text.</summary>
/// <param name="prefix">What to put there.</param>
internal sealed class PrependNormalizer(byte[] prefix) : Normalizer
{
    /// <summary>Only where the whole text begins, not after each added token.</summary>
    public bool OnlyAtTextStart { get; init; }

    /// <summary>Not where the text begins with this.</summary>
    public Predicate<int>? Unless { get; init; }

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<byte> text, bool isTextStart, NormalizedText output)
    {
        if ((isTextStart || !OnlyAtTextStart) && Unless?.Invoke(Unicode.Utf8.Read(text, 0, out _)) != true)
            output.Write(prefix, 0);
        output.Copy(text, 0);
    }
}
