using System.Text.Json;
using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Inference.Chat;

/// <summary>The grammar of an answer that is a call of a tool, as a family of answers writes calls, after its thoughts.</summary>
internal static class RequiredCall
{
    private static readonly Dictionary<ToolCallBody, Func<string, Pattern, Pattern>?> s_named = new()
    {
        [ToolCallBody.Json] = null,
        [ToolCallBody.JsonByName] = (name, arguments) => Pattern.Sequence(Pattern.Text("[{"), JsonPatterns.Literal(name), JsonPatterns.Colon, arguments, JsonPatterns.Space, Pattern.Text("}]")),
        [ToolCallBody.NameThenJson] = (name, arguments) => Pattern.Sequence(Pattern.Text(name), arguments),
    };

    // Between thoughts and call; bounded, so that a model cannot idle.
    private static readonly Pattern s_gap = RegexReader.Read("[ \\t\\r\\n]{0,8}");

    /// <summary>The section that a call can be required in; null where the family writes none as JSON.</summary>
    public static ToolCallSection? SectionOf(ChatFormat format) => format.HasChannels ? null : format.ToolCalls.FirstOrDefault(section => s_named.ContainsKey(section.Body));

    /// <summary>The texts that may be control tokens, which no other text has: those around a call, and around thoughts.</summary>
    public static IReadOnlyCollection<string> MarkersOf(ChatFormat format) =>
        [.. new[] { SectionOf(format)!.Begin, SectionOf(format)!.End, format.Reasoning?.Begin, format.Reasoning?.End }.OfType<string>()];

    /// <summary>One call of one of some tools, from the answer's first token to its last but for thoughts.</summary>
    /// <exception cref="ArgumentException">There are no tools, the family writes no calls as JSON, or the schema of a tool cannot be used; the message says which.</exception>
    public static Grammar Of(ChatFormat format, IReadOnlyList<ChatTool> tools, RequiredThoughts thoughts)
    {
        if (tools.Count == 0)
            throw new ArgumentException("A call is required, and there are no tools.", nameof(tools));
        ToolCallSection section = SectionOf(format)
            ?? throw new ArgumentException($"Models of the family '{format.Name}' write no calls as JSON, so that none can be required.", nameof(format));
        string before = section.OnlyAtStart ? "" : section.Begin, after = section.End ?? "";
        (string, JsonElement)[] schemas = [.. tools.Select(tool => (tool.Name, SchemaOf(tool)))];
        try
        {
            Grammar calls = s_named[section.Body] is { } call ? Grammar.FromCalls(schemas, before, after, call) : Grammar.FromTools(schemas, before, after);
            return thoughts == RequiredThoughts.None ? calls : AfterThoughts(calls, format.Reasoning!, thoughts);
        }
        catch (GrammarException error)
        {
            throw new ArgumentException($"A call cannot be required by the tools' schemas: {error.Message}", nameof(tools), error);
        }
    }

    private static Grammar AfterThoughts(Grammar calls, ReasoningMarkers markers, RequiredThoughts thoughts)
    {
        (Pattern untilEnd, IReadOnlyDictionary<string, (Pattern, int)> rules) = UntilPattern.Of(markers.End);
        return calls.After(thoughts == RequiredThoughts.Begun
            ? Pattern.Sequence(untilEnd, s_gap)
            : Pattern.Sequence(Pattern.Text(markers.Begin), untilEnd, s_gap).Optional(), rules);
    }

    private static JsonElement SchemaOf(ChatTool tool)
    {
        try
        {
            using var document = JsonDocument.Parse(tool.Parameters);
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"The parameters of the tool '{tool.Name}' are not JSON: {error.Message}", nameof(tool), error);
        }
    }
}
