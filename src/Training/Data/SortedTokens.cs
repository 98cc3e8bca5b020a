namespace KernelFoundry.Training.Data;

/// <summary>
/// The positions of a batch sorted by token, in memory that is used again and again: what <see cref="Kernels.EmbeddingGradientPlan"/> has, without allocating.
/// </summary>
internal sealed class SortedTokens(int tokens, int vocabulary)
{
    private readonly int[] _counts = new int[vocabulary];
    private readonly int[] _rows = new int[tokens];
    private readonly int[] _first = new int[tokens + 1];
    private readonly int[] _order = new int[tokens];
    private int _distinct;

    /// <summary>The tokens there are, ascending, [distinct].</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, _distinct);

    /// <summary>Where the positions of each begin in <see cref="Order"/>, [distinct + 1].</summary>
    public ReadOnlySpan<int> First => _first.AsSpan(0, _distinct + 1);

    /// <summary>Positions by token, those of one token ascending, [tokens].</summary>
    public ReadOnlySpan<int> Order => _order;

    /// <summary>Sorts a batch by counting.</summary>
    /// <param name="batch">Token ids, [tokens].</param>
    public void Sort(ReadOnlySpan<int> batch)
    {
        Array.Clear(_counts);
        foreach (int token in batch)
            _counts[token]++;
        _distinct = 0;
        int next = 0;
        for (int token = 0; token < _counts.Length; token++)
        {
            int count = _counts[token];
            _counts[token] = next;
            if (count == 0)
                continue;
            _rows[_distinct] = token;
            _first[_distinct++] = next;
            next += count;
        }

        _first[_distinct] = next;
        for (int i = 0; i < batch.Length; i++)
            _order[_counts[batch[i]]++] = i;
    }
}
