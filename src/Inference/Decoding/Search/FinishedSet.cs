namespace KernelFoundry.Inference.Decoding;

/// <summary>The best finished continuations of a search.</summary>
internal sealed class FinishedSet(int capacity)
{
    private readonly List<Hypothesis> _kept = [];

    public bool IsFull => _kept.Count >= capacity;

    public double WorstScore => _kept.Count == 0 ? double.NegativeInfinity : _kept[^1].Score;

    public void Add(Hypothesis hypothesis)
    {
        int at = _kept.Count;
        while (at > 0 && _kept[at - 1].Score < hypothesis.Score)
            at--;
        _kept.Insert(at, hypothesis);
        if (_kept.Count > capacity)
            _kept.RemoveAt(capacity);
    }

    /// <summary>The best, best first.</summary>
    public IReadOnlyList<Hypothesis> Best(int count) => [.. _kept.Take(count)];
}
