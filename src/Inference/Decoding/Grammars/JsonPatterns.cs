namespace KernelFoundry.Inference.Decoding;

/// <summary>The parts of JSON (RFC 8259). Space between them is at most one, or a line break with indentation, so that a model cannot idle.</summary>
internal static class JsonPatterns
{
    private const string ValueRule = "(json value)";

    public static Pattern Space { get; } = RegexReader.Read("( |\\n[ \\t]{0,32})?");

    public static Pattern Colon { get; } = Pattern.Sequence(Space, Pattern.Text(":"), Space);

    public static Pattern Comma { get; } = Pattern.Sequence(Space, Pattern.Text(","), Space);

    /// <summary>A character of a string, or an escape.</summary>
    public static Pattern Character { get; } = RegexReader.Read("[^\"\\\\\\x00-\\x1f\\x7f]|\\\\([\"\\\\/bfnrt]|u[0-9a-fA-F]{4})");

    public static Pattern String { get; } = Pattern.Sequence(Pattern.Text("\""), Character.Star(), Pattern.Text("\""));

    public static Pattern Integer { get; } = RegexReader.Read("-?(0|[1-9][0-9]{0,17})");

    public static Pattern Number { get; } = RegexReader.Read("-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,18})?([eE][+\\-]?[0-9]{1,3})?");

    public static Pattern Boolean { get; } = Pattern.Choice(Pattern.Text("true"), Pattern.Text("false"));

    public static Pattern Null { get; } = Pattern.Text("null");

    public static Pattern Value { get; } = new RulePattern(ValueRule, 0);

    public static Pattern Object { get; } = Between("{", Listed(Pattern.Sequence(String, Colon, Value)), "}");

    public static Pattern Array { get; } = Between("[", Listed(Value), "]");

    /// <summary>The rules that the others refer to.</summary>
    public static IReadOnlyDictionary<string, (Pattern Pattern, int Offset)> Rules { get; } = new Dictionary<string, (Pattern, int)>
    {
        [ValueRule] = (Pattern.Choice(Object, Array, String, Number, Boolean, Null), 0),
    };

    /// <summary>A string, as JSON writes it.</summary>
    public static Pattern Literal(string text) => Pattern.Text(JsonText(text));

    /// <summary>A string with its quotes.</summary>
    public static string JsonText(string text)
    {
        var result = new System.Text.StringBuilder("\"");
        foreach (char each in text)
        {
            result.Append(each switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => $"\\u{(int)each:x4}",
                _ => each.ToString(),
            });
        }

        return result.Append('"').ToString();
    }

    /// <summary>Something between brackets, with space.</summary>
    public static Pattern Between(string open, Pattern inside, string close) =>
        Pattern.Sequence(Pattern.Text(open), Space, inside, Space, Pattern.Text(close));

    /// <summary>Parts with commas between, from a number of them to another.</summary>
    public static Pattern Listed(Pattern part, int least = 0, int? most = null)
    {
        if (most == 0)
            return Pattern.Empty;
        Pattern listed = Pattern.Sequence(part, new RepeatPattern(Pattern.Sequence(Comma, part), Math.Max(least - 1, 0), most - 1));
        return least == 0 ? listed.Optional() : listed;
    }
}
