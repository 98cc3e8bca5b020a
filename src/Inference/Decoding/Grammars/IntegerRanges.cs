using System.Globalization;

namespace KernelFoundry.Inference.Decoding;

/// <summary>Integers between two bounds, as patterns over their digits.</summary>
internal static class IntegerRanges
{
    private const long Largest = 999_999_999_999_999_999;

    /// <summary>The integers from one to another, written without leading zeros.</summary>
    public static Pattern Of(long least, long most)
    {
        (least, most) = (Math.Max(least, -Largest), Math.Min(most, Largest));
        var parts = new List<Pattern>();
        if (least < 0)
        {
            Pattern magnitudes = Pattern.Choice([.. Positive(Math.Max(1, most < 0 ? -most : 1), -least)]);
            parts.Add(Pattern.Sequence(Pattern.Text("-"), magnitudes));
        }

        if (most >= 0)
            parts.AddRange(Positive(Math.Max(least, 0), most));
        return Pattern.Choice(parts);
    }

    // Numbers of one length at a time.
    private static IEnumerable<Pattern> Positive(long least, long most)
    {
        for (long start = least; start <= most;)
        {
            string low = start.ToString(CultureInfo.InvariantCulture);
            long end = Math.Min(most, long.Parse(new string('9', low.Length), CultureInfo.InvariantCulture));
            yield return SameLength(low, end.ToString(CultureInfo.InvariantCulture));
            start = end + 1;
        }
    }

    private static Pattern SameLength(string low, string high)
    {
        if (low.Length == 0)
            return Pattern.Empty;
        if (low[0] == high[0])
            return Pattern.Sequence(Pattern.Text(low[..1]), SameLength(low[1..], high[1..]));
        string nines = new('9', low.Length - 1), zeros = new('0', low.Length - 1);
        List<Pattern> parts = [Pattern.Sequence(Pattern.Text(low[..1]), SameLength(low[1..], nines))];
        if (high[0] - low[0] > 1)
            parts.Add(Pattern.Sequence(CharacterSets.Of([(low[0] + 1, high[0] - 1)]), new RepeatPattern(CharacterSets.Of(CharacterSets.Digits), zeros.Length, zeros.Length)));
        parts.Add(Pattern.Sequence(Pattern.Text(high[..1]), SameLength(zeros, high[1..])));
        return Pattern.Choice(parts);
    }
}
