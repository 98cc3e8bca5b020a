using System.Text;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Any text up to the first place where a marker ends, the marker with it. It is the automaton that finds the marker (Knuth, Morris and Pratt,
/// 1977), a rule for each of its states: every character leads to one of them, so that a text is read in one way only, on a stack that does not grow.
/// </summary>
internal static class UntilPattern
{
    /// <summary>The pattern, and the rules it refers to.</summary>
    /// <param name="marker">The marker, one character at least.</param>
    public static (Pattern Pattern, IReadOnlyDictionary<string, (Pattern Pattern, int Offset)> Rules) Of(string marker)
    {
        ArgumentException.ThrowIfNullOrEmpty(marker);
        int[] characters = [.. marker.EnumerateRunes().Select(rune => rune.Value)];
        (int First, int Last)[] distinct = [.. characters.Distinct().Select(each => (each, each))];
        var rules = new Dictionary<string, (Pattern, int)>();
        for (int state = 0; state < characters.Length; state++)
        {
            int from = state;
            var alternatives = new List<Pattern> { To(0, CharacterSets.Not(distinct)) };
            foreach (IGrouping<int, (int, int)> same in distinct.GroupBy(each => Next(characters, from, each.First)))
                alternatives.Add(To(same.Key, CharacterSets.Of(same)));
            rules[Name(state)] = (Pattern.Choice(alternatives), 0);
        }

        return (new RulePattern(Name(0), 0), rules);

        Pattern To(int state, Pattern by) => state == characters.Length ? by : Pattern.Sequence(by, new RulePattern(Name(state), 0));

        string Name(int state) => $"(until {marker}, {state} seen)";
    }

    // How many characters of the marker the text ends with, after some of them and one more character.
    private static int Next(ReadOnlySpan<int> marker, int seen, int next)
    {
        int[] text = [.. marker[..seen], next];
        int length = text.Length;
        while (!marker.StartsWith(text.AsSpan(text.Length - length)))
            length--;
        return length;
    }
}
