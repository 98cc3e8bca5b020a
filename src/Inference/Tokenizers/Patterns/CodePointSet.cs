namespace KernelFoundry.Inference.Tokenizers.Patterns;

/// <summary>A set of Unicode code points: ranges, both ends included, rising and apart.</summary>
internal sealed class CodePointSet
{
    public const int Last = 0x10FFFF;

    private readonly (int First, int Last)[] _ranges;

    private CodePointSet((int First, int Last)[] ranges) => _ranges = ranges;

    public static CodePointSet Empty { get; } = new([]);

    public static CodePointSet All { get; } = new([(0, Last)]);

    /// <summary>The ranges, rising and apart.</summary>
    public ReadOnlySpan<(int First, int Last)> Ranges => _ranges;

    public static CodePointSet Of(int codePoint) => new([(codePoint, codePoint)]);

    public static CodePointSet Of(IEnumerable<(int First, int Last)> ranges)
    {
        var sorted = ranges.ToList();
        sorted.Sort();
        var joined = new List<(int First, int Last)>();
        foreach (var (first, last) in sorted)
        {
            if (joined.Count > 0 && first <= joined[^1].Last + 1)
                joined[^1] = (joined[^1].First, Math.Max(joined[^1].Last, last));
            else
                joined.Add((first, last));
        }

        return new CodePointSet([.. joined]);
    }

    public bool Contains(int codePoint)
    {
        int low = 0, high = _ranges.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].Last < codePoint)
                low = middle + 1;
            else
                high = middle;
        }

        return low < _ranges.Length && _ranges[low].First <= codePoint;
    }

    public CodePointSet Union(CodePointSet other) => Of(_ranges.Concat(other._ranges));

    public CodePointSet Complement()
    {
        var gaps = new List<(int First, int Last)>();
        int next = 0;
        foreach (var (first, last) in _ranges)
        {
            if (first > next)
                gaps.Add((next, first - 1));
            next = last + 1;
        }

        if (next <= Last)
            gaps.Add((next, Last));
        return new CodePointSet([.. gaps]);
    }

    public CodePointSet Intersect(CodePointSet other) => Complement().Union(other.Complement()).Complement();

    public bool SetEquals(CodePointSet other) => _ranges.AsSpan().SequenceEqual(other._ranges);
}
