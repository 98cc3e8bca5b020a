namespace KernelFoundry.Inference.Tokenizers.Patterns;

/// <summary>
/// Where scans went on for long and no match came: state and place. A later scan that gets to one of them ends there, so that no
/// stretch of text is scanned in vain more than once a state (Reps, "Maximal-Munch Tokenization in Linear Time", 1998).
/// </summary>
internal sealed class FruitlessScans
{
    // One place in so many is enough: what passes through the others comes to it.
    private const int Stride = 16;
    private readonly HashSet<(int State, int At)> _known = [];
    private readonly List<(int State, int At)> _scan = [];
    private int _last;

    /// <summary>True where nothing can match after <paramref name="at"/>; otherwise it is noted until the scan ends.</summary>
    public bool IsKnown(int state, int at, int matched)
    {
        int block = at / Stride;
        if (_scan.Count > 0 && matched >= _scan[^1].At)
            _scan.Clear();
        if (block == _last && _scan.Count > 0)
            return false;
        _last = block;
        if (_known.Contains((state, at)))
            return true;
        _scan.Add((state, at));
        return false;
    }

    /// <summary>The scan is over; its last match ended at <paramref name="matched"/>.</summary>
    public void End(int matched)
    {
        foreach (var place in _scan)
        {
            if (place.At > matched)
                _known.Add(place);
        }

        _scan.Clear();
    }
}
