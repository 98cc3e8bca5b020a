namespace KernelFoundry.Inference.Tokenizers.Training;

/// <summary>
/// Learns the merges of byte-pair encoding (Sennrich, Haddow and Birch 2016, algorithm 1) from counted words. The words lie one after
/// the other as linked symbols; merging a pair visits only the places where it occurs.
/// </summary>
internal sealed class BpeMerges
{
    private const int Gone = -1;
    private readonly int[] _symbols;
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly int[] _word;
    private readonly long[] _counts;
    private readonly PairCounts _pairs = new();

    /// <summary>Lays out the words.</summary>
    /// <param name="words">The words.</param>
    /// <param name="byteSymbols">The symbol of each byte value.</param>
    public BpeMerges(WordCounter words, ReadOnlySpan<int> byteSymbols)
    {
        _symbols = new int[words.TotalBytes];
        _next = new int[words.TotalBytes];
        _previous = new int[words.TotalBytes];
        _word = new int[words.TotalBytes];
        _counts = words.Counts.ToArray();
        int at = 0;
        for (int word = 0; word < words.Count; word++)
        {
            var text = words[word];
            for (int i = 0; i < text.Length; i++, at++)
            {
                _symbols[at] = byteSymbols[text[i]];
                _previous[at] = i == 0 ? Gone : at - 1;
                _next[at] = i == text.Length - 1 ? Gone : at + 1;
                _word[at] = word;
                if (i > 0)
                    _pairs.Add(_symbols[at - 1], _symbols[at], _counts[word], at - 1);
            }
        }
    }

    /// <summary>The merges, in order; the n-th makes symbol <paramref name="firstSymbol"/> + n.</summary>
    /// <param name="firstSymbol">The first symbol that merges make, above all others.</param>
    /// <param name="most">How many to learn.</param>
    /// <param name="minimumCount">How often a pair must occur.</param>
    /// <param name="progress">Told after each merge how many there are.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public List<(int Left, int Right)> Learn(int firstSymbol, int most, long minimumCount, Action<int> progress, CancellationToken cancellationToken)
    {
        var merges = new List<(int Left, int Right)>();
        int queued = _pairs.EnqueueNew(0);
        while (merges.Count < most && _pairs.TryTake(out var pair) && pair.Count >= minimumCount)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int symbol = firstSymbol + merges.Count;
            merges.Add((pair.Left, pair.Right));
            foreach (int at in pair.Positions)
                Merge(at, pair.Left, pair.Right, symbol);
            queued = _pairs.EnqueueNew(queued);
            progress(merges.Count);
        }

        return merges;
    }

    private void Merge(int at, int left, int right, int symbol)
    {
        int second = _next[at];
        if (_symbols[at] != left || second == Gone || _symbols[second] != right)
            return;
        long count = _counts[_word[at]];
        int before = _previous[at], after = _next[second];
        _symbols[at] = symbol;
        _symbols[second] = Gone;
        _next[at] = after;
        if (before != Gone)
        {
            _pairs.Remove(_symbols[before], left, count);
            _pairs.Add(_symbols[before], symbol, count, before);
        }

        if (after != Gone)
        {
            _previous[after] = at;
            _pairs.Remove(right, _symbols[after], count);
            _pairs.Add(symbol, _symbols[after], count, at);
        }
    }
}
