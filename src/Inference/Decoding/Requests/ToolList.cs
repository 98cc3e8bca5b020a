using System.Text.Json;

namespace KernelFoundry.Inference.Decoding;

/// <summary>Tools as OpenAI's API lists them: <c>[{"type": "function", "function": {"name": ..., "parameters": {...}}}]</c>, or without the outer object.</summary>
internal static class ToolList
{
    private static readonly JsonElement s_anything = JsonDocument.Parse("{\"type\":\"object\"}").RootElement.Clone();

    /// <exception cref="ArgumentException">It is no such list.</exception>
    public static IReadOnlyList<(string Name, JsonElement Arguments)> Read(string json)
    {
        JsonElement list;
        try
        {
            using var document = JsonDocument.Parse(json);
            list = document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"It is not JSON: {error.Message}", error);
        }

        if (list.ValueKind != JsonValueKind.Array)
            throw new ArgumentException("It must be a list of tools, [...].");
        return [.. list.EnumerateArray().Select(Tool)];
    }

    private static (string Name, JsonElement Arguments) Tool(JsonElement tool, int number)
    {
        if (tool.ValueKind == JsonValueKind.Object && tool.TryGetProperty("function", out JsonElement function))
            tool = function;
        if (tool.ValueKind != JsonValueKind.Object || !tool.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String)
            throw new ArgumentException($"Tool {number} has no text \"name\".");
        return (name.GetString()!, tool.TryGetProperty("parameters", out JsonElement parameters) ? parameters : s_anything);
    }
}
