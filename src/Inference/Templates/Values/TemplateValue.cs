using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates;

/// <summary>
/// A value a template sees: nothing, a boolean, an integer of 64 bits, a float, a text, a list or a dictionary, and what templates make
/// themselves. The types are a closed set and cannot be changed: a template reaches no other object.
/// </summary>
public abstract class TemplateValue
{
    private protected TemplateValue()
    {
    }

    /// <summary><c>none</c></summary>
    public static TemplateValue None { get; } = new NoneValue();

    /// <summary><c>true</c></summary>
    public static TemplateValue True { get; } = new BooleanValue(true);

    /// <summary><c>false</c></summary>
    public static TemplateValue False { get; } = new BooleanValue(false);

    /// <summary>Python's name of its type.</summary>
    internal abstract string TypeName { get; }

    /// <summary>What a condition takes it for.</summary>
    internal virtual bool IsTrue => true;

    /// <summary>A boolean.</summary>
    public static TemplateValue From(bool value) => value ? True : False;

    /// <summary>An integer.</summary>
    public static TemplateValue From(long value) => new IntegerValue(value);

    /// <summary>A float.</summary>
    public static TemplateValue From(double value) => new FloatValue(value);

    /// <summary>A text; <c>none</c> for null.</summary>
    public static TemplateValue From(string? value) => value is null ? None : value.Length == 0 ? StringValue.Empty : new StringValue(value);

    /// <summary>A list.</summary>
    public static TemplateValue FromItems(IEnumerable<TemplateValue> items) => new ListValue([.. items]);

    /// <summary>A dictionary, in this order; the last of equal keys counts.</summary>
    public static TemplateValue FromEntries(IEnumerable<KeyValuePair<string, TemplateValue>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var dict = new DictBuilder();
        foreach ((string key, TemplateValue value) in entries)
            dict.Set(From(key), value);
        return dict.Build();
    }

    /// <summary>What Python's <c>json.loads</c> makes of the same text.</summary>
    /// <param name="element">The JSON value.</param>
    /// <exception cref="JsonException">An integer has more than 64 bits.</exception>
    public static TemplateValue FromJson(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => True,
        JsonValueKind.False => False,
        JsonValueKind.String => From(element.GetString()),
        JsonValueKind.Number => FromNumber(element),
        JsonValueKind.Array => FromItems(element.EnumerateArray().Select(FromJson)),
        JsonValueKind.Object => FromEntries(element.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, FromJson(p.Value)))),
        _ => None,
    };

    /// <summary>What Python's <c>json.loads</c> makes of the text.</summary>
    /// <param name="json">One JSON value.</param>
    /// <exception cref="JsonException">The text is not JSON, or an integer has more than 64 bits.</exception>
    public static TemplateValue FromJson([StringSyntax(StringSyntaxAttribute.Json)] string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return FromJson(document.RootElement);
    }

    private static TemplateValue FromNumber(JsonElement element)
    {
        if (element.TryGetInt64(out long integer))
            return From(integer);
        string text = element.GetRawText();
        return text.AsSpan().IndexOfAny('.', 'e', 'E') >= 0
            ? From(element.GetDouble())
            : throw new JsonException($"The integer {text} has more than 64 bits.");
    }
}
