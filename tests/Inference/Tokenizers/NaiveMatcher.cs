using System.Text;
using KernelFoundry.Inference.Tokenizers.Patterns;

namespace KernelFoundry.Inference.Tests.Tokenizers;

/// <summary>Matches a pattern as its definition reads: try each choice in turn, and go back where the rest does not match.</summary>
internal static class NaiveMatcher
{
    /// <summary>The matches of a pattern that are not empty, as texts.</summary>
    public static List<string> Matches(PatternNode pattern, string text)
    {
        int[] runes = [.. text.EnumerateRunes().Select(rune => rune.Value)];
        var found = new List<string>();
        for (int at = 0; at < runes.Length;)
        {
            int end = -1;
            Match(pattern, runes, at, stop =>
            {
                end = stop;
                return true;
            });
            if (end > at)
                found.Add(string.Concat(runes[at..end].Select(char.ConvertFromUtf32)));
            at = end > at ? end : at + 1;
        }

        return found;
    }

    private static bool Match(PatternNode node, int[] text, int at, Func<int, bool> rest) => node switch
    {
        PatternNode.One one => at < text.Length && one.Set.Contains(text[at]) && rest(at + 1),
        PatternNode.Ahead ahead => (at < text.Length ? ahead.Set.Contains(text[at]) : ahead.AcceptsEnd) && rest(at),
        PatternNode.Sequence sequence => Sequence(sequence.Parts, 0, text, at, rest),
        PatternNode.Choice choice => choice.Choices.Any(each => Match(each, text, at, rest)),
        PatternNode.Repeat repeat => Repeat(repeat, 0, text, at, rest),
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    private static bool Sequence(IReadOnlyList<PatternNode> parts, int index, int[] text, int at, Func<int, bool> rest) => index == parts.Count
        ? rest(at)
        : Match(parts[index], text, at, next => Sequence(parts, index + 1, text, next, rest));

    private static bool Repeat(PatternNode.Repeat repeat, int count, int[] text, int at, Func<int, bool> rest)
    {
        // A turn that takes nothing is not repeated, as in other engines.
        bool More() => (repeat.Most is not { } most || count < most)
            && Match(repeat.Body, text, at, next => (next > at || count < repeat.Least) && Repeat(repeat, count + 1, text, next, rest));

        if (count < repeat.Least)
            return More();
        return repeat.IsLazy ? rest(at) || More() : More() || rest(at);
    }
}
