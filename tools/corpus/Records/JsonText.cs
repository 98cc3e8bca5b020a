using System.Text;

namespace KernelFoundry.Corpus.Records;

/// <summary>A JSON object as people write a small one: one line, a space after colons and commas. Strings are plain letters, so nothing is escaped.</summary>
public sealed class JsonText
{
    private readonly StringBuilder _text = new("{");

    /// <summary>Adds a string.</summary>
    public JsonText Add(string name, string value) => Raw(name, Quote(value));

    /// <summary>Adds a number.</summary>
    public JsonText Add(string name, int value) => Raw(name, $"{value}");

    /// <summary>Adds true or false.</summary>
    public JsonText Add(string name, bool value) => Raw(name, value ? "true" : "false");

    /// <summary>Adds null.</summary>
    public JsonText AddNull(string name) => Raw(name, "null");

    /// <summary>Adds an array of strings.</summary>
    public JsonText Add(string name, IEnumerable<string> values) => Raw(name, $"[{string.Join(", ", values.Select(Quote))}]");

    /// <summary>Adds an array of objects.</summary>
    public JsonText Add(string name, IEnumerable<JsonText> values) => Raw(name, $"[{string.Join(", ", values)}]");

    /// <summary>The JSON.</summary>
    public override string ToString() => $"{_text}}}";

    private JsonText Raw(string name, string json)
    {
        _text.Append(_text.Length == 1 ? "" : ", ").Append(Quote(name)).Append(": ").Append(json);
        return this;
    }

    private static string Quote(string text) => $"\"{text}\"";
}
