namespace KernelFoundry.Inference.Tokenizers.Models;

/// <summary>Each byte is a symbol, as in GPT-2.</summary>
/// <param name="tokens">The token of each byte value, or -1.</param>
/// <param name="unknown">The token for bytes without one; null leaves them out, as other implementations do.</param>
internal sealed class ByteSymbols(int[] tokens, int? unknown) : BpeSymbols
{
    /// <summary>The token of each byte value, or -1.</summary>
    public ReadOnlySpan<int> Tokens => tokens;

    /// <inheritdoc/>
    public override int Split(ReadOnlySpan<byte> piece, Span<int> ids, Span<int> ends)
    {
        for (int i = 0; i < piece.Length; i++)
        {
            ids[i] = tokens[piece[i]];
            ends[i] = i + 1;
        }

        return piece.Length;
    }

    /// <inheritdoc/>
    public override void Emit(ReadOnlySpan<byte> piece, ReadOnlySpan<int> ids, ReadOnlySpan<int> ends, TokenBuffer output)
    {
        for (int i = 0; i < ids.Length; i++)
        {
            if ((ids[i] >= 0 ? ids[i] : unknown) is { } id)
                output.Add(id, ends[i]);
        }
    }
}
