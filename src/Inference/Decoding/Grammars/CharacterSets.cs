namespace KernelFoundry.Inference.Decoding;

/// <summary>Sets of Unicode characters.</summary>
internal static class CharacterSets
{
    private const int FirstSurrogate = 0xD800, LastSurrogate = 0xDFFF, LastCharacter = 0x10FFFF;

    public static CharacterPattern Any { get; } = Of([(0, LastCharacter)]);

    public static CharacterPattern AnyButNewline { get; } = Not([('\n', '\n')]);

    public static IReadOnlyList<(int First, int Last)> Digits { get; } = [('0', '9')];

    public static IReadOnlyList<(int First, int Last)> Word { get; } = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];

    public static IReadOnlyList<(int First, int Last)> Space { get; } = [('\t', '\r'), (' ', ' ')];

    /// <summary>The characters of ranges in any order.</summary>
    public static CharacterPattern Of(IEnumerable<(int First, int Last)> ranges) => new(Normalize(ranges));

    /// <summary>The characters outside ranges.</summary>
    public static CharacterPattern Not(IEnumerable<(int First, int Last)> ranges)
    {
        var result = new List<(int, int)>();
        int next = 0;
        foreach ((int first, int last) in Normalize(ranges))
        {
            if (first > next)
                result.Add((next, first - 1));
            next = last + 1;
        }

        result.Add((next, LastCharacter));
        return new CharacterPattern(Normalize(result));
    }

    private static List<(int First, int Last)> Normalize(IEnumerable<(int First, int Last)> ranges)
    {
        var merged = new List<(int First, int Last)>();
        foreach ((int first, int last) in ranges.SelectMany(WithoutSurrogates).Where(range => range.First <= range.Last).OrderBy(range => range.First))
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, last));
            else
                merged.Add((first, last));
        }

        return merged;
    }

    private static IEnumerable<(int First, int Last)> WithoutSurrogates((int First, int Last) range) =>
        [(range.First, Math.Min(range.Last, FirstSurrogate - 1)), (Math.Max(range.First, LastSurrogate + 1), Math.Min(range.Last, LastCharacter))];
}
