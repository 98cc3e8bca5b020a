using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KernelFoundry.Inference.Chat;

/// <summary>Calls written as JSON.</summary>
internal static class JsonCalls
{
    private static readonly string[] s_nameKeys = ["name", "tool_name", "function"];
    private static readonly string[] s_argumentKeys = ["arguments", "parameters", "args"];
    private static readonly string[] s_idKeys = ["id", "tool_call_id"];
    private static readonly JsonWriterOptions s_written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Objects with name and arguments, in a list or one after the other.</summary>
    public static IReadOnlyList<ChatToolCall>? Parse(string text) => ParseAll(text, (element, calls) => Add(element, calls));

    /// <summary>Objects whose one property is the name, its value the arguments.</summary>
    public static IReadOnlyList<ChatToolCall>? ParseByName(string text) => ParseAll(text, (element, calls) =>
    {
        if (element.ValueKind != JsonValueKind.Object)
            return false;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Object)
                return false;
            calls.Add(new ChatToolCall("", property.Name, Write(property.Value)));
        }

        return true;
    });

    /// <summary>The text as a JSON object on one line, or null if it is none. No text at all is an object without properties.</summary>
    public static string? Arguments(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return "{}";
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Write(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>An object with one text.</summary>
    public static string OneArgument(string name, string value) => WriteObject(json => json.WriteString(name, value));

    /// <summary>An object.</summary>
    public static string WriteObject(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, s_written))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Write(JsonElement element)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, s_written))
            element.WriteTo(json);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static List<ChatToolCall>? ParseAll(string text, Func<JsonElement, List<ChatToolCall>, bool> add)
    {
        var calls = new List<ChatToolCall>();
        try
        {
            // Values may follow each other, with semicolons or commas between them.
            byte[] rest = Encoding.UTF8.GetBytes(text.Trim());
            while (rest.Length > 0)
            {
                var reader = new Utf8JsonReader(rest, isFinalBlock: true, default);
                using JsonDocument document = JsonDocument.ParseValue(ref reader);
                bool isList = document.RootElement.ValueKind == JsonValueKind.Array;
                if (isList ? !document.RootElement.EnumerateArray().All(e => add(e, calls)) : !add(document.RootElement, calls))
                    return null;
                rest = rest.AsSpan((int)reader.BytesConsumed).TrimStart("; ,\n\r\t"u8).ToArray();
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return calls;
    }

    private static bool Add(JsonElement element, List<ChatToolCall> calls)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return false;

        // As in the messages of the web: the call is inside.
        if (element.TryGetProperty("function", out JsonElement inner) && inner.ValueKind == JsonValueKind.Object)
        {
            int before = calls.Count;
            if (!Add(inner, calls))
                return false;
            calls[before] = calls[before] with { Id = Find(element, s_idKeys) is { ValueKind: JsonValueKind.String } given ? given.GetString()! : "" };
            return true;
        }

        if (Find(element, s_nameKeys) is not { ValueKind: JsonValueKind.String } name)
            return false;
        JsonElement? arguments = Find(element, s_argumentKeys);
        string? json = arguments switch
        {
            null or { ValueKind: JsonValueKind.Null } => "{}",
            { ValueKind: JsonValueKind.Object } => Write(arguments.Value),
            { ValueKind: JsonValueKind.String } => Arguments(arguments.Value.GetString()!),
            _ => null,
        };
        if (json is null || (arguments is null && element.EnumerateObject().Count() > 2))
            return false;
        string id = Find(element, s_idKeys) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";
        calls.Add(new ChatToolCall(id, name.GetString()!, json));
        return true;
    }

    private static JsonElement? Find(JsonElement element, string[] keys)
    {
        foreach (string key in keys)
        {
            if (element.TryGetProperty(key, out JsonElement value))
                return value;
        }

        return null;
    }
}
