namespace KernelFoundry.Inference.Chat;

/// <summary>Reads the insides of sections that hold calls. Every way of writing is one line of the table.</summary>
internal static class ToolCallParsers
{
    private static readonly Dictionary<ToolCallBody, Func<string, IReadOnlyList<ChatToolCall>?>> s_parsers = new()
    {
        [ToolCallBody.Json] = JsonCalls.Parse,
        [ToolCallBody.JsonByName] = JsonCalls.ParseByName,
        [ToolCallBody.NameThenJson] = NamedJsonCalls.Parse,
        [ToolCallBody.Pythonic] = text => JsonCalls.Parse(text) ?? PythonicCalls.Parse(text),
        [ToolCallBody.XmlParameters] = XmlCalls.ParseParameters,
        [ToolCallBody.XmlInvoke] = XmlCalls.ParseInvoke,
        [ToolCallBody.XmlPairs] = XmlCalls.ParsePairs,
    };

    /// <summary>The calls; null if the text is not what it should be. At least one otherwise.</summary>
    public static IReadOnlyList<ChatToolCall>? Parse(ToolCallBody body, string text) => s_parsers[body](text) is { Count: > 0 } calls ? calls : null;
}
