using System.Buffers;
using System.Text;
using System.Text.Json;

namespace KernelFoundry.Inference.Chat;

/// <summary>Calls whose name stands before the JSON of their arguments.</summary>
internal static class NamedJsonCalls
{
    private static readonly SearchValues<char> s_notInNames = SearchValues.Create(" \n\t\"{}()");

    // What families put between the name and the arguments, and around them.
    private static readonly string[] s_separators =
        ["<｜tool▁sep｜>", "<|tool_call_argument_begin|>", "[ARGS]", "```json", "```", "[CALL_ID]", ">"];

    private static readonly string[] s_again = ["[TOOL_CALLS]", "```"];

    /// <summary>The calls; null if the text is not what it should be.</summary>
    public static IReadOnlyList<ChatToolCall>? Parse(string text)
    {
        if (JsonCalls.Parse(text) is { Count: > 0 } calls)
            return calls;
        var named = new List<ChatToolCall>();
        for (string rest = text.Trim(); rest.Length > 0;)
        {
            int brace = rest.IndexOf('{', StringComparison.Ordinal);
            (string name, string id) = brace < 0 ? ("", "") : Header(rest[..brace]);
            if (name.Length == 0)
                return null;
            if (TryReadObject(rest[brace..], out string after) is not { } arguments)
                return null;
            named.Add(new ChatToolCall(id, name, arguments));
            rest = Skip(after);
        }

        return named;
    }

    private static (string Name, string Id) Header(string text)
    {
        string id = "";
        int callId = text.IndexOf("[CALL_ID]", StringComparison.Ordinal);
        if (callId >= 0)
        {
            int end = text.IndexOf("[ARGS]", callId, StringComparison.Ordinal);
            id = text[(callId + "[CALL_ID]".Length)..(end < 0 ? text.Length : end)].Trim();
            text = text[..callId];
        }

        // DeepSeek writes the kind of the call first, and the name behind the separator.
        string[] parts = text.Split(s_separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string name = parts.Length > 1 && parts[0] == "function" ? parts[1] : parts.Length > 0 ? parts[0] : "";

        // Kimi's name is an id at the same time: functions.NAME:INDEX.
        int colon = name.LastIndexOf(':');
        if (name.StartsWith("functions.", StringComparison.Ordinal) && colon > 0)
            (id, name) = (name, name["functions.".Length..colon]);
        return (name.AsSpan().IndexOfAny(s_notInNames) >= 0 ? "" : name, id);
    }

    private static string? TryReadObject(string text, out string after)
    {
        after = "";
        try
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            var reader = new Utf8JsonReader(bytes, isFinalBlock: true, default);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            after = Encoding.UTF8.GetString(bytes.AsSpan((int)reader.BytesConsumed));
            return JsonCalls.Arguments(document.RootElement.GetRawText());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Skip(string text)
    {
        text = text.TrimStart();
        foreach (string marker in s_again)
        {
            if (text.StartsWith(marker, StringComparison.Ordinal))
                text = text[marker.Length..].TrimStart();
        }

        return text;
    }
}
