using System.Text.Json;

namespace KernelFoundry.Inference.Chat;

/// <summary>Calls written as tags. A value is JSON if it can be read as such, and else the text it is.</summary>
internal static class XmlCalls
{
    /// <summary><c>&lt;function=f&gt;&lt;parameter=a&gt;1&lt;/parameter&gt;&lt;/function&gt;</c></summary>
    public static IReadOnlyList<ChatToolCall>? ParseParameters(string text) =>
        Parse(text, ("<function=", ">", "</function>"), ("<parameter=", ">", "</parameter>"));

    /// <summary><c>&lt;invoke name="f"&gt;&lt;parameter name="a"&gt;1&lt;/parameter&gt;&lt;/invoke&gt;</c></summary>
    public static IReadOnlyList<ChatToolCall>? ParseInvoke(string text) =>
        Parse(text, ("<invoke name=\"", "\">", "</invoke>"), ("<parameter name=\"", "\">", "</parameter>"));

    /// <summary><c>f&lt;arg_key&gt;a&lt;/arg_key&gt;&lt;arg_value&gt;1&lt;/arg_value&gt;</c></summary>
    public static IReadOnlyList<ChatToolCall>? ParsePairs(string text)
    {
        int first = text.IndexOf("<arg_key>", StringComparison.Ordinal);
        string name = (first < 0 ? text : text[..first]).Trim();
        if (name.Length == 0 || name.AsSpan().IndexOfAny(" \n<>{") >= 0)
            return null;
        var values = new List<(string, string)>();
        var rest = new TagText(first < 0 ? "" : text[first..]);
        while (rest.TryTake("<arg_key>", "</arg_key>", out string key))
        {
            if (!rest.TryTake("<arg_value>", "</arg_value>", out string value))
                return null;
            values.Add((key.Trim(), value));
        }

        return rest.IsEmpty ? [Call(name, values)] : null;
    }

    private static List<ChatToolCall>? Parse(string text, (string Open, string Close, string End) function, (string Open, string Close, string End) parameter)
    {
        var calls = new List<ChatToolCall>();
        var rest = new TagText(text);
        while (!rest.IsEmpty)
        {
            if (!rest.TryTake(function.Open, function.Close, out string name) || !rest.TryTake("", function.End, out string body))
                return null;
            var values = new List<(string, string)>();
            var inner = new TagText(body);
            while (!inner.IsEmpty)
            {
                if (!inner.TryTake(parameter.Open, parameter.Close, out string key) || !inner.TryTake("", parameter.End, out string value))
                    return null;
                values.Add((key.Trim(), value));
            }

            calls.Add(Call(name.Trim(), values));
        }

        return calls;
    }

    private static ChatToolCall Call(string name, List<(string Key, string Value)> values) => new("", name, JsonCalls.WriteObject(json =>
    {
        foreach ((string key, string value) in values)
        {
            json.WritePropertyName(key);
            if (IsJson(value))
                json.WriteRawValue(value.Trim());
            else
                json.WriteStringValue(WithoutOuterBreaks(value));
        }
    }));

    private static bool IsJson(string value)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(value);
            return document.RootElement.ValueKind != JsonValueKind.String;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // The tags stand on lines of their own.
    private static string WithoutOuterBreaks(string value)
    {
        value = value.StartsWith('\n') ? value[1..] : value;
        return value.EndsWith('\n') ? value[..^1] : value;
    }

    /// <summary>Text that is taken piece by piece.</summary>
    private sealed class TagText(string text)
    {
        private string _rest = text.Trim();

        public bool IsEmpty => _rest.Length == 0;

        public bool TryTake(string open, string close, out string inside)
        {
            inside = "";
            int end = _rest.StartsWith(open, StringComparison.Ordinal) ? _rest.IndexOf(close, open.Length, StringComparison.Ordinal) : -1;
            if (end < 0)
                return false;
            inside = _rest[open.Length..end];

            // Between a name and its value, whitespace is part of the value.
            _rest = _rest[(end + close.Length)..];
            if (open.Length == 0 || close.StartsWith("</", StringComparison.Ordinal))
                _rest = _rest.Trim();
            return true;
        }
    }
}
