namespace KernelFoundry.Training.Data;

/// <summary>
/// Tokens that go through the model at once, on the host: pieces of documents, one after the other without gaps. Attention and positions know nothing beyond a
/// piece.
/// </summary>
internal sealed class TokenBatch(int tokens)
{
    /// <summary>Token ids, [tokens].</summary>
    public int[] Tokens { get; } = new int[tokens];

    /// <summary>Index of each token in its piece, [tokens].</summary>
    public int[] Positions { get; } = new int[tokens];

    /// <summary>First token of each token's piece, [tokens].</summary>
    public int[] Starts { get; } = new int[tokens];

    /// <summary>The token after the last of each token's piece, [tokens].</summary>
    public int[] Ends { get; } = new int[tokens];

    /// <summary>The token that comes next, or -1 where nothing does, [tokens].</summary>
    public int[] Labels { get; } = new int[tokens];

    /// <summary>Tokens that have a label.</summary>
    public int Counted { get; private set; }

    /// <summary>Number of tokens.</summary>
    public int Length => Tokens.Length;

    /// <summary>Takes out everything.</summary>
    public void Clear() => Counted = 0;

    /// <summary>Puts in a piece.</summary>
    /// <param name="at">Where.</param>
    /// <param name="piece">The tokens; they must fit.</param>
    /// <param name="next">The token after the piece in its document, or -1.</param>
    public void Put(int at, ReadOnlySpan<int> piece, int next)
    {
        for (int i = 0; i < piece.Length; i++)
        {
            Tokens[at + i] = piece[i];
            Positions[at + i] = i;
            Starts[at + i] = at;
            Ends[at + i] = at + piece.Length;
            Labels[at + i] = i + 1 < piece.Length ? piece[i + 1] : next;
        }

        Counted += piece.Length - (next < 0 ? 1 : 0);
    }

    /// <summary>Fills the rest with one piece that has no labels.</summary>
    /// <param name="at">Where it begins.</param>
    public void Pad(int at)
    {
        for (int i = at; i < Length; i++)
        {
            Tokens[i] = 0;
            Positions[i] = 0;
            Starts[i] = i;
            Ends[i] = i + 1;
            Labels[i] = -1;
        }
    }
}
