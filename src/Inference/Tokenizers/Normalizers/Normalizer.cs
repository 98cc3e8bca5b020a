namespace KernelFoundry.Inference.Tokenizers.Normalizers;

/// <summary>One step of making text uniform before it is cut into pieces. Immutable.</summary>
internal abstract class Normalizer
{
    /// <summary>Writes the normalized form of <paramref name="text"/>.</summary>
    /// <param name="text">Valid UTF-8, not empty.</param>
    /// <param name="isTextStart">The whole text begins here; otherwise an added token precedes.</param>
    /// <param name="output">Takes valid UTF-8.</param>
    public abstract void Apply(ReadOnlySpan<byte> text, bool isTextStart, NormalizedText output);
}
