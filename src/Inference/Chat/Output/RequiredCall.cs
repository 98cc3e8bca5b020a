using System.Text.Json;
using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Inference.Chat;

/// <summary>The grammar of an answer that is a call of a tool, as a family of answers writes calls.</summary>
internal static class RequiredCall
{
    private static readonly Dictionary<ToolCallBody, Func<string, Pattern, Pattern>?> s_named = new()
    {
        [ToolCallBody.Json] = null,
        [ToolCallBody.JsonByName] = (name, arguments) => Pattern.Sequence(Pattern.Text("[{"), JsonPatterns.Literal(name), JsonPatterns.Colon, arguments, JsonPatterns.Space, Pattern.Text("}]")),
        [ToolCallBody.NameThenJson] = (name, arguments) => Pattern.Sequence(Pattern.Text(name), arguments),
    };

    /// <summary>The section that a call can be required in; null where the family writes none as JSON.</summary>
    public static ToolCallSection? SectionOf(ChatFormat format) => format.HasChannels ? null : format.ToolCalls.FirstOrDefault(section => s_named.ContainsKey(section.Body));

    /// <summary>One call of one of some tools, from the answer's first token to its last.</summary>
    /// <exception cref="ArgumentException">There are no tools, the family writes no calls as JSON, or the schema of a tool cannot be used; the message says which.</exception>
    public static Grammar Of(ChatFormat format, IReadOnlyList<ChatTool> tools)
    {
        if (tools.Count == 0)
            throw new ArgumentException("A call is required, and there are no tools.", nameof(tools));
        ToolCallSection section = SectionOf(format)
            ?? throw new ArgumentException($"Models of the family '{format.Name}' write no calls as JSON, so that none can be required.", nameof(format));
        string before = section.OnlyAtStart ? "" : section.Begin, after = section.End ?? "";
        (string, JsonElement)[] schemas = [.. tools.Select(tool => (tool.Name, SchemaOf(tool)))];
        try
        {
            return s_named[section.Body] is { } call ? Grammar.FromCalls(schemas, before, after, call) : Grammar.FromTools(schemas, before, after);
        }
        catch (GrammarException error)
        {
            throw new ArgumentException($"A call cannot be required by the tools' schemas: {error.Message}", nameof(tools), error);
        }
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
