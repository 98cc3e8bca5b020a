using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using KernelFoundry.Inference.Tokenizers.Patterns;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;

namespace KernelFoundry.Inference.Tests.Tokenizers;

/// <summary>Patterns against .NET's engine where both have the syntax, and against a backtracking matcher where text leaves the basic plane.</summary>
public class PatternTests
{
    public static TheoryData<string> FamilyPatterns => [.. PreTokenizerFamilies.All.SelectMany(family => family.Patterns).Distinct()];

    [Theory]
    [MemberData(nameof(FamilyPatterns))]
    public void A_familys_pattern_agrees_with_Regex_on_drawn_text(string expression)
    {
        // .NET has no scripts, no && and no possessive counts, and compares UTF-16 units: this theory draws from the basic plane.
        if (expression.Contains(@"\p{Han}", StringComparison.Ordinal))
            return;
        string translated = expression.Replace("?+", "?", StringComparison.Ordinal).Replace("++", "+", StringComparison.Ordinal);
        translated = Regex.Replace(translated, @"\\x\{[0-9A-F]{5,6}\}(-\\x\{[0-9A-F]{5,6}\})?", "");
        translated = Regex.Replace(translated, @"\\x\{([0-9A-F]+)\}", match => $"\\u{match.Groups[1].Value.PadLeft(4, '0')}");
        var regex = new Regex(translated, RegexOptions.CultureInvariant);
        var pattern = new Pattern(expression);
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        for (int round = 0; round < 3000; round++)
        {
            // The long s and the Kelvin sign are cases of s and k in Unicode, and not in .NET.
            string text = DrawnText.Next(random, random.Next(1, 25), onlyBasicPlane: true).Replace("ſ", "", StringComparison.Ordinal).Replace("\u212A", "", StringComparison.Ordinal);
            var expected = regex.Matches(text).Select(match => match.Value).Where(value => value.Length > 0);
            Assert.True(expected.SequenceEqual(Matches(pattern, text)), $"Seed {seed}, round {round}, {expression}: '{text}': {Show(expected)} {Show(Matches(pattern, text))}");
        }
    }

    [Theory]
    [MemberData(nameof(FamilyPatterns))]
    public void A_familys_pattern_agrees_with_its_definition_on_all_planes(string expression)
    {
        var pattern = new Pattern(expression);
        var node = PatternParser.Parse(expression);
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        for (int round = 0; round < 1000; round++)
        {
            string text = DrawnText.Next(random, random.Next(1, 20));
            var expected = NaiveMatcher.Matches(node, text);
            Assert.True(expected.SequenceEqual(Matches(pattern, text)), $"Seed {seed}, round {round}, {expression}: '{text}': {Show(expected)} {Show(Matches(pattern, text))}");
        }
    }

    [Fact]
    public void Drawn_patterns_agree_with_Regex()
    {
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        for (int round = 0; round < 2000; round++)
        {
            string expression = Draw(random, 3);
            var regex = new Regex(expression, RegexOptions.CultureInvariant);
            var pattern = new Pattern(expression);
            for (int i = 0; i < 10; i++)
            {
                string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => "abc \n"[random.Next(5)]));
                // An empty match ends a search at its place in .NET; here it is none. Where there is one, the rest may differ.
                var matches = regex.Matches(text).ToList();
                int empty = matches.FindIndex(match => match.Length == 0);
                var expected = (empty < 0 ? matches : matches[..empty]).Select(match => match.Value).ToList();
                var found = Matches(pattern, text);
                Assert.True(expected.SequenceEqual(empty < 0 ? found : found.Take(expected.Count)), $"Seed {seed}, round {round}, {expression}: '{text}': {Show(expected)} {Show(found)}");
            }
        }
    }

    [Theory]
    [InlineData(@"\p{Lu}(?i:ab)c", "ΩaBc ßABc ΩaBC", "ΩaBc")]
    [InlineData(@"(?i)k", "kK\u212Ax", "k|K|\u212A")]
    [InlineData(@"[^\S\n]+", "a \t\nb", " \t")]
    [InlineData(@"[\p{L}&&[^a-c]]+", "abcdefé", "defé")]
    [InlineData(@"a{2,3}?b?", "aaaab", "aa|aab")]
    [InlineData(@"a++ab|a", "aaab", "a|a|a")]
    [InlineData(@"\x41\x{1F999}", "A🦙", "A🦙")]
    [InlineData(@"[^\r\n\p{L}]?\p{L}+", " 🦙ab", "🦙ab")]
    [InlineData(@"\s+$", " a  ", "  ")]
    [InlineData(@"a(?=b)|b(?!a|$)", "abab", "a|a")]
    public void Syntax_means_what_it_does_elsewhere(string expression, string text, string matches) =>
        Assert.Equal(matches.Split('|'), Matches(new Pattern(expression), text));

    [Theory]
    [InlineData("(a", "not closed")]
    [InlineData("a)", "closed by")]
    [InlineData("[a", "cut off")]
    [InlineData("*a", "repeating nothing")]
    [InlineData(@"\1", "not supported")]
    [InlineData("(?<=a)b", "not supported")]
    [InlineData("(?=ab)", "looking ahead")]
    [InlineData(@"\p{Klingon}", "Klingon")]
    [InlineData("a{1001}", "at most 1000")]
    [InlineData("((a{1000}){1000}){1000}", "longer than")]
    [InlineData("(a|b)*a(a|b){25}", "too complex")]
    public void What_is_not_supported_is_named(string expression, string found) =>
        Assert.Contains(found, Assert.Throws<PatternException>(() => new Pattern(expression)).Message, StringComparison.Ordinal);

    [Fact]
    public void Deep_nesting_is_refused()
    {
        Assert.Throws<PatternException>(() => new Pattern(new string('(', 100_000)));
        Assert.Throws<PatternException>(() => new Pattern(new string('[', 100_000)));
    }

    [Theory]
    [InlineData(@"\s+$", " ", "x")]
    [InlineData("a*b|a", "a", "c")]
    [InlineData("a+b", "a", "c")]
    [InlineData("(a|aa)+c", "a", "d")]
    public void Time_is_linear_in_the_text(string expression, string repeated, string end)
    {
        var pattern = new Pattern(expression);
        string text = string.Concat(Enumerable.Repeat(repeated, 1_000_000)) + end;
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        long started = Stopwatch.GetTimestamp();

        var matches = pattern.In(utf8);
        while (matches.MoveNext())
        {
        }

        // The square of a million takes a quarter of an hour.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    private static List<string> Matches(Pattern pattern, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        var found = new List<string>();
        var matches = pattern.In(utf8);
        while (matches.MoveNext())
            found.Add(Encoding.UTF8.GetString(utf8[matches.Start..matches.End]));
        return found;
    }

    private static string Show(IEnumerable<string> pieces) => string.Join("|", pieces);

    private static string Draw(Random random, int depth) => random.Next(depth == 0 ? 3 : 8) switch
    {
        0 => "abc \n"[random.Next(5)].ToString(),
        1 => new[] { "[ab]", "[^a]", @"\s", @"\S", ".", "[^ab]" }[random.Next(6)],
        2 => new[] { "(?!a)", "(?=b)", @"(?!\S)", "(?![ab])" }[random.Next(4)],
        3 => $"(?:{Draw(random, depth - 1)}|{Draw(random, depth - 1)})",
        4 => $"(?:{Draw(random, depth - 1)}a){new[] { "*", "+", "?", "{1,2}", "{2}", "*?", "+?", "??" }[random.Next(8)]}",
        5 => $"[ab]{new[] { "*", "+", "?", "{0,2}" }[random.Next(4)]}",
        _ => Draw(random, depth - 1) + Draw(random, depth - 1),
    };
}
