using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Inference.Tests.Decoding;

/// <summary>Which texts grammars allow, and what is said about those that cannot be used.</summary>
public sealed class GrammarTests
{
    public static TheoryData<string> Expressions =>
    [
        "abc", "a*", "(ab|a)*b?", "a{2,3}b{0,1}", "(a|b)*abb", "[^a]b+", "(a*)*", "((a?b?){2}c)*", "a+?b", "(?:a|)(?:b|)", "[a-b]{3}c?", "a.c",
        "(a|ab)(c|bcd)?", "[ab]*a[ab]{2}", "\\w\\w*", "b{3,}", "(aa|aaa)+",
    ];

    // Every text of up to six letters, against .NET's own engine.
    [Theory]
    [MemberData(nameof(Expressions))]
    public void RegularExpressionsMatchWhatTheyMatchElsewhere(string expression)
    {
        GrammarAutomaton automaton = new(Grammar.FromRegex(expression).Rules);
        var regex = new Regex($"^(?:{expression})\\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
        foreach (string text in Texts("abc", 6))
            Assert.True(regex.IsMatch(text) == Accepts(automaton, text), $"'{text}'");
    }

    [Fact]
    public void CharactersBeyondAsciiAreWholeSequences()
    {
        GrammarAutomaton one = new(Grammar.FromRegex("[^a]").Rules);
        var random = new Random(3);
        for (int i = 0; i < 3000; i++)
        {
            int point = i < 300 ? new[] { 0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF }[i % 10] : random.Next(0x110000);
            if (point is >= 0xD800 and <= 0xDFFF)
                continue;
            string text = char.ConvertFromUtf32(point);
            Assert.Equal(text != "a", Accepts(one, text));
            Assert.False(Accepts(one, text + text));
        }

        GrammarAutomaton range = new(Grammar.FromRegex("[é-ž😀-😅]").Rules);
        foreach (int point in Enumerable.Range(0, 0x20000).Where(p => p is < 0xD800 or > 0xDFFF))
            Assert.Equal(point is (>= 'é' and <= 'ž') or (>= 0x1F600 and <= 0x1F605), Accepts(range, char.ConvertFromUtf32(point)));
    }

    [Theory]
    [InlineData("root ::= \"a\" root \"b\" | \"\"", "|ab|aaabbb", "a|b|abab|aab")]
    [InlineData("root ::= item (\",\" item)*\nitem ::= [0-9]+ # digits\n", "1|12,3,4", "|,|1,|,1")]
    [InlineData("root ::= (\"x\" |\n  \"y\")+ \"\\n\"\n", "x\n|xyx\n", "x|\n")]
    [InlineData("root ::= a{2}\na ::= [^\"\\\\] | \"\\\\\" [\"\\\\]", "ab|\\\"x", "a|\"a|abc")]
    public void Gbnf(string grammar, string accepted, string rejected) => Check(Grammar.FromGbnf(grammar), accepted, rejected);

    [Theory]
    [InlineData("start: \"a\" NAME+ [\"!\"]\nNAME: /[x-z]/ \"0\"..\"3\"", "ax1|az0y3!", "a|ax|ax4|!")]
    [InlineData("?start: sum\nsum: product (\"+\" product)* -> add\nproduct: NUMBER | \"(\" sum \")\"\n%import common.NUMBER\n%import common.WS\n%ignore WS", "1|1 + 2.5|( 1+ 2 )+3| 7", "|1+|(1|+")]
    [InlineData("// numbers\nstart: D~2..3\nD.2: \"0\"..\"9\"", "12|123", "1|1234|a")]
    public void Lark(string grammar, string accepted, string rejected) => Check(Grammar.FromLark(grammar), accepted, rejected);

    [Fact]
    public void ChoicesAndTools()
    {
        Check(Grammar.FromChoices(["yes", "no", "nobody"]), "yes|no|nobody", "|y|nobod|yesno");
        using var schema = JsonDocument.Parse("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""");
        Grammar tools = Grammar.FromTools([("weather", schema.RootElement)], "<call>", "</call>");
        Check(tools, """<call>{"name": "weather", "arguments": {"city": "Bonn"}}</call>""",
            """{"name":"weather","arguments":{"city":""}}|<call>{"name": "other", "arguments": {"city": "Bonn"}}</call>|<call>{"name": "weather", "arguments": {}}</call>""");
    }

    [Theory]
    [InlineData("""{"type":"integer","minimum":-12,"maximum":123}""")]
    [InlineData("""{"type":"integer","exclusiveMinimum":98,"maximum":1002}""")]
    [InlineData("""{"type":"integer","minimum":-1000,"exclusiveMaximum":-7}""")]
    public void IntegerBoundsAreExact(string schema)
    {
        GrammarAutomaton automaton = new(Grammar.FromJsonSchema(schema).Rules);
        using var document = JsonDocument.Parse(schema);
        int least = document.RootElement.TryGetProperty("minimum", out JsonElement low) ? low.GetInt32() : document.RootElement.GetProperty("exclusiveMinimum").GetInt32() + 1;
        int most = document.RootElement.TryGetProperty("maximum", out JsonElement high) ? high.GetInt32() : document.RootElement.GetProperty("exclusiveMaximum").GetInt32() - 1;
        for (int i = -2000; i <= 2000; i++)
            Assert.Equal(i >= least && i <= most, Accepts(automaton, i.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.False(Accepts(automaton, "007"));
        Assert.False(Accepts(automaton, "-0"));
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"},"b":{"type":["integer","null"]},"c":{"enum":["x",1,null]}},"required":["b"]}""",
        """{"b": 1}¦{"a": "q", "b": null}¦{"b":-5,"c":"x"}¦{"a":"","b":0,"c":null}""", """{}¦{"a":""}¦{"b":1,"a":""}¦{"b":1.5}¦{"b":1,}¦{,"b":1}¦{"b":1,"c":2}""")]
    [InlineData("""{"type":"array","items":{"type":"boolean"},"minItems":1,"maxItems":3}""", "[true]¦[true, false,true]", "[]¦[true,]¦[true,true,true,true]")]
    [InlineData("""{"anyOf":[{"const":{"k":[1,"z"]}},{"type":"string","minLength":2,"maxLength":3}]}""", """{"k": [1, "z"]}¦"ab"¦"é\n3" """, """{"k":[1]}¦"a"¦"abcd" """)]
    [InlineData("""{"$defs":{"n":{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#/$defs/n"},{"type":"null"}]}},"required":["next"]}},"$ref":"#/$defs/n"}""",
        """{"next": null}¦{"next": {"next": {"next": null}}}""", """{"next": {}}¦null""")]
    [InlineData("""{"type":"string","pattern":"^[A-Z]{2}-[0-9]+$"}""", "\"AB-7\"", "\"AB-\"¦\"ab-7\"¦AB-7")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"integer"}}""", """{}¦{"q": 1, "r": 2}""", """{"q": "1"}""")]
    [InlineData("""{"allOf":[{"type":"object","properties":{"a":{"const":1}},"required":["a"]},{"properties":{"b":{"const":2}}}]}""", """{"a":1}¦{"a":1,"b":2}""", """{"b":2}¦{}""")]
    [InlineData("""{"prefixItems":[{"const":1},{"const":2}],"items":{"const":3},"type":"array"}""", "[1,2]¦[1,2,3,3]", "[1]¦[1,2,2]")]
    [InlineData("""{"type":"string","format":"date-time"}""", "\"2024-02-29T23:59:59Z\"", "\"2024-13-01T00:00:00Z\"¦\"2024-02-29\"")]
    public void JsonSchema(string schema, string accepted, string rejected)
    {
        var automaton = new GrammarAutomaton(Grammar.FromJsonSchema(schema).Rules);
        foreach (string text in accepted.Split('¦'))
            Assert.True(Accepts(automaton, text.Trim()), text);
        foreach (string text in rejected.Split('¦'))
            Assert.False(Accepts(automaton, text.Trim()), text);
    }

    [Fact]
    public void Json()
    {
        Check(Grammar.Json(), """1|-0.5e+3|"a\u00e9"|[]|{}|[1, {"a": [true, null]}]""", """01|1.|"a|[1,]|{a:1}|tru|'a'""");
        Check(Grammar.Json(onlyObjects: true), """{}|{"a": 1}""", """1|[]""");
    }

    [Theory]
    [InlineData("regex", "a(b", 3, "is missing")]
    [InlineData("regex", "a)b", 1, "closes nothing")]
    [InlineData("regex", "*a", 0, "repeats nothing")]
    [InlineData("regex", "a{3,2}", 1, "wrong way round")]
    [InlineData("regex", "[z-a]", 1, "range")]
    [InlineData("regex", "(?=a)", 0, "Look-around")]
    [InlineData("regex", "\\1", 0, "not supported")]
    [InlineData("regex", "a{9999999999}", 2, "number")]
    [InlineData("regex", "[ab", 3, "not closed")]
    [InlineData("gbnf", "root ::= item", 9, "no rule 'item'")]
    [InlineData("gbnf", "root ::= root \"a\" | \"a\"", 0, "left-recursive")]
    [InlineData("gbnf", "root ::= a\na ::= b \"x\" | \"y\"\nb ::= a", 11, "left-recursive")]
    [InlineData("gbnf", "root ::= e root \"x\" | \"y\"\ne ::= \"\"", 0, "left-recursive")]
    [InlineData("gbnf", "root ::= \"a\" root", 0, "matches no text")]
    [InlineData("gbnf", "root ::= \"a\"\nroot ::= \"b\"", 13, "two rules")]
    [InlineData("gbnf", "root = \"a\"", 5, "::=")]
    [InlineData("gbnf", "root ::= \"a", 11, "not closed")]
    [InlineData("lark", "start: a\na: a \"x\" | \"y\"", 9, "left-recursive")]
    [InlineData("lark", "%declare X\nstart: X", 0, "%ignore")]
    public void MistakesAreRefusedWithTheirPlace(string kind, string source, int offset, string message)
    {
        var error = Assert.Throws<GrammarException>(() => kind switch
        {
            "regex" => Grammar.FromRegex(source),
            "gbnf" => Grammar.FromGbnf(source),
            _ => Grammar.FromLark(source),
        });
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(offset, error.Offset);
    }

    [Theory]
    [InlineData("""{"type":"strin"}""", "/type")]
    [InlineData("""{"type":"object","properties":{"a":{"minimum":1,"type":"number"}}}""", "/properties/a/minimum")]
    [InlineData("""{"type":"object","properties":{},"required":["z"]}""", "/required")]
    [InlineData("""{"items":{"$ref":"#/$defs/none"}}""", "/items/$ref")]
    [InlineData("""{"not":{}}""", "/not")]
    [InlineData("""{"type":"integer","minimum":3,"maximum":2}""", "/minimum")]
    [InlineData("""{"type":"string","pattern":"("}""", "/pattern")]
    [InlineData("""{"enum":[]}""", "/enum")]
    [InlineData("""{"type":"array","minItems":3,"maxItems":1}""", "/maxItems")]
    [InlineData("{", "")]
    public void WrongSchemasAreRefusedWithTheirPlace(string schema, string pointer) =>
        Assert.Equal(pointer, Assert.Throws<GrammarException>(() => Grammar.FromJsonSchema(schema)).Pointer);

    // Hostile input ends soon and in little memory.
    [Fact]
    public void ExplodingGrammarsAreRefused()
    {
        Assert.Throws<GrammarException>(() => Grammar.FromRegex("((((a{1000}){1000}){1000}){1000})"));
        Assert.Throws<GrammarException>(() => Grammar.FromRegex("a{2000000000}"));
        Assert.Throws<GrammarException>(() => Grammar.FromRegex(new string('(', 100_000)));
        Assert.Throws<GrammarException>(() => Grammar.FromGbnf("root ::= " + new string('(', 100_000)));
        string deep = string.Concat(Enumerable.Repeat("{\"items\":", 60)) + "{}" + new string('}', 60);
        Grammar.FromJsonSchema(deep);
        Grammar.FromRegex("(a?){100}a{100}");
        Grammar many = Grammar.FromGbnf("root ::= " + string.Join(" | ", Enumerable.Range(0, 20_000).Select(i => $"\"x\" r{i}")) + "\n"
            + string.Join("\n", Enumerable.Range(0, 20_000).Select(i => $"r{i} ::= \"{i}\"")));
        Assert.True(Accepts(new GrammarAutomaton(many.Rules), "x19999"));
    }

    [Theory]
    [InlineData("a", "ab")]
    [InlineData("aab", "ab")]
    [InlineData("abab", "ab")]
    [InlineData("aéa", "aé😀")]
    public void TextsUntilAMarkerEndWithItsFirst(string marker, string letters)
    {
        (Pattern until, var rules) = UntilPattern.Of(marker);
        var automaton = new GrammarAutomaton(Grammar.FromChoices(["!"]).After(until, rules).Rules);
        string[] characters = [.. letters.EnumerateRunes().Select(rune => rune.ToString())];
        List<string> texts = [""];
        int accepted = 0;
        for (int length = 0; length <= 8; length++)
        {
            foreach (string text in texts)
            {
                bool isUntil = text.IndexOf(marker, StringComparison.Ordinal) is var at && at >= 0 && at == text.Length - marker.Length;
                Assert.Equal((text, isUntil), (text, Accepts(automaton, text + "!")));
                accepted += isUntil ? 1 : 0;
            }

            texts = [.. texts.SelectMany(text => characters.Select(each => text + each))];
        }

        Assert.True(accepted > 5, $"{accepted} texts");
    }

    internal static bool Accepts(GrammarAutomaton automaton, string text)
    {
        int state = automaton.Start;
        foreach (byte each in Encoding.UTF8.GetBytes(text))
        {
            if (state == GrammarAutomaton.Dead)
                return false;
            state = automaton.Step(state, each);
        }

        return state != GrammarAutomaton.Dead && automaton.IsAccepting(state);
    }

    private static void Check(Grammar grammar, string accepted, string rejected)
    {
        var automaton = new GrammarAutomaton(grammar.Rules);
        foreach (string text in accepted.Split('|'))
            Assert.True(Accepts(automaton, text), text);
        foreach (string text in rejected.Split('|'))
            Assert.False(Accepts(automaton, text), text);
    }

    private static IEnumerable<string> Texts(string letters, int most)
    {
        List<string> last = [""];
        for (int length = 0; length <= most; length++)
        {
            foreach (string text in last)
                yield return text;
            last = [.. last.SelectMany(text => letters.Select(letter => text + letter))];
        }
    }
}
