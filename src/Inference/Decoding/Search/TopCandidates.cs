namespace KernelFoundry.Inference.Decoding;

/// <summary>Keeps the best candidates of many; of equals the one that came first.</summary>
internal sealed class TopCandidates(int capacity)
{
    private readonly List<Candidate> _kept = new(capacity + 1);

    /// <summary>The kept, best first.</summary>
    public IReadOnlyList<Candidate> Kept => _kept;

    /// <summary>A candidate's key must be above this to be kept.</summary>
    public double Bar => _kept.Count < capacity ? double.NegativeInfinity : _kept[^1].Key;

    public void Add(Candidate candidate)
    {
        if (!(candidate.Key > Bar))
            return;
        int at = _kept.Count;
        while (at > 0 && _kept[at - 1].Key < candidate.Key)
            at--;
        _kept.Insert(at, candidate);
        if (_kept.Count > capacity)
            _kept.RemoveAt(capacity);
    }
}
