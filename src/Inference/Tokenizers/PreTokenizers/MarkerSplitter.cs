namespace KernelFoundry.Inference.Tokenizers.PreTokenizers;

/// <summary>
/// Cuts before each run of the word marker U+2581 that follows other text. Where no token has other text before a marker, this changes
/// no token, and words are short where whole texts are long.
/// </summary>
/// <param name="joinsRuns">A run of markers stays together with the word after it; otherwise a piece begins at each of its markers.</param>
internal sealed class MarkerSplitter(bool joinsRuns) : Splitter
{
    /// <summary>U+2581, which SentencePiece writes for a space.</summary>
    public static ReadOnlySpan<byte> Marker => "▁"u8;

    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<byte> text, int start, int end, in PieceSink next)
    {
        for (int last = start; last < end;)
        {
            int at = last;
            if (joinsRuns)
            {
                while (text[at..end].StartsWith(Marker))
                    at += Marker.Length;
            }
            else if (text[at..end].StartsWith(Marker))
            {
                at += Marker.Length;
            }

            int length = text[at..end].IndexOf(Marker);
            int to = length < 0 ? end : at + length;
            next.Take(text, last, to);
            last = to;
        }
    }
}
