namespace KernelFoundry.Inference.Tokenizers.Models;

/// <summary>What byte-pair encoding starts from: the symbols a piece falls into, and what becomes of those that are no tokens.</summary>
internal abstract class BpeSymbols
{
    /// <summary>True where a symbol stands for exactly its text, so that a token's text names the symbols merged into it.</summary>
    public virtual bool AreTexts => true;

    /// <summary>Splits a piece.</summary>
    /// <param name="piece">Valid UTF-8.</param>
    /// <param name="ids">Takes the symbols; as long as the piece at least.</param>
    /// <param name="ends">Takes where each ends in the piece.</param>
    /// <returns>Number of symbols.</returns>
    public abstract int Split(ReadOnlySpan<byte> piece, Span<int> ids, Span<int> ends);

    /// <summary>Writes merged symbols as tokens.</summary>
    public abstract void Emit(ReadOnlySpan<byte> piece, ReadOnlySpan<int> ids, ReadOnlySpan<int> ends, TokenBuffer output);
}
