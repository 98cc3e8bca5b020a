namespace KernelFoundry.Inference.Tokenizers.PreTokenizers;

/// <summary>One step of pre-tokenization: cuts a piece of text into smaller ones, which no token crosses. Immutable.</summary>
internal abstract class Splitter
{
    /// <summary>Hands on the pieces of <c>text[start..end]</c>, in order.</summary>
    /// <param name="text">The normalized text.</param>
    /// <param name="start">Where the piece begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="next">Takes the smaller pieces.</param>
    public abstract void Split(ReadOnlySpan<byte> text, int start, int end, in PieceSink next);
}
