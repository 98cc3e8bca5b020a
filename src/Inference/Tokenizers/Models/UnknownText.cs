namespace KernelFoundry.Inference.Tokenizers.Models;

/// <summary>What becomes of text that the vocabulary does not have.</summary>
/// <param name="bytes">A token a byte value, where text falls back to its bytes, else null; one that is -1 is missing.</param>
/// <param name="unknown">The token for what is left; null leaves it out.</param>
/// <param name="isFused">Unknown text that stands together is one unknown token.</param>
internal sealed class UnknownText(int[]? bytes, int? unknown, bool isFused)
{
    /// <summary>Writes the text from <paramref name="start"/> to <paramref name="end"/>.</summary>
    /// <returns>False where it became the unknown token, or nothing.</returns>
    public bool Emit(ReadOnlySpan<byte> piece, int start, int end, bool afterUnknown, TokenBuffer output)
    {
        if (bytes is not null && HasAll(piece[start..end], bytes))
        {
            for (int i = start; i < end; i++)
                output.Add(bytes[piece[i]], i + 1);
            return true;
        }

        if (unknown is not { } id)
            return false;
        if (isFused && afterUnknown)
            output.ExtendLast(end);
        else
            output.Add(id, end);
        return false;
    }

    private static bool HasAll(ReadOnlySpan<byte> text, int[] bytes)
    {
        foreach (byte b in text)
        {
            if (bytes[b] < 0)
                return false;
        }

        return true;
    }
}
