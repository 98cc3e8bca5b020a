using System.Buffers;
using System.Text;
using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Filters;

/// <summary>Filters for HTML and addresses.</summary>
internal static class MarkupFilters
{
    private static readonly SearchValues<char> s_attributeEnds = SearchValues.Create(" \t\n\r\f\v/>=");

    public static IEnumerable<NativeFunction> All { get; } =
    [
        new("safe", "value", a => new StringValue(a.Text(0), isMarkup: true)),
        new("escape", "value", a => Escape(a)),
        new("e", "value", a => Escape(a)),
        new("forceescape", "value", a => new StringValue(Html.EscapeText(a.Context, a.Text(0)), isMarkup: true)),
        new("striptags", "value", a => TemplateValue.From(Html.StripTags(a.Context, a.Text(0)))),
        new("xmlattr", "value autospace?", Attributes),
        new("urlencode", "value", Encode),
        new("urlize", "value trim_url_limit? nofollow? target? rel? extra_schemes?", Links.Of),
    ];

    private static StringValue Escape(BoundArguments a) =>
        new(Html.Escape(a.Context, a[0] as StringValue ?? new StringValue(a.Text(0))), isMarkup: true);

    private static TemplateValue Attributes(BoundArguments a)
    {
        var output = new StringBuilder();
        DictValue dict = a[0] as DictValue ?? throw a.Error($"it takes a dictionary, not a {a[0].TypeName}.");
        foreach ((TemplateValue key, TemplateValue value) in dict.Entries)
        {
            if (value is NoneValue or UndefinedValue)
                continue;
            string name = PythonText.Str(a.Context, key);
            if (name.AsSpan().IndexOfAny(s_attributeEnds) >= 0)
                throw a.Error("the name of an attribute has a character that would end it.");
            output.Append(output.Length > 0 || a.Flag(1, absent: true) ? " " : "");
            output.Append(Html.EscapeText(a.Context, name)).Append("=\"");
            output.Append(Html.Escape(a.Context, value as StringValue ?? new StringValue(PythonText.Str(a.Context, value)))).Append('"');
        }

        a.Context.ReserveText(output.Length);
        return TemplateValue.From(output.ToString());
    }

    private static TemplateValue Encode(BoundArguments a)
    {
        if (a[0] is StringValue || !Iteration.CanGoThrough(a[0]))
            return TemplateValue.From(Quote(a.Context, a.Text(0), keepsSlash: true));
        TemplateValue[] pairs = a[0] is DictValue dict ? DictItems.Of(a.Context, dict) : a.Items(0);
        string[] parts = [.. pairs.Select(pair =>
        {
            TemplateValue[] items = Iteration.Items(a.Context, pair);
            return items.Length == 2
                ? $"{QuoteForm(items[0])}={QuoteForm(items[1])}"
                : throw a.Error("it takes a text, a dictionary or pairs.");
        })];
        return PythonString.Join(a.Context, "&", parts);

        string QuoteForm(TemplateValue value) => Quote(a.Context, PythonText.Str(a.Context, value), keepsSlash: false).Replace("%20", "+", StringComparison.Ordinal);
    }

    private static string Quote(RenderContext context, string text, bool keepsSlash)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        context.ReserveText(3L * bytes.Length);
        var output = new StringBuilder(bytes.Length);
        foreach (byte b in bytes)
        {
            char c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '~' || (keepsSlash && c == '/'))
                output.Append(c);
            else
                output.Append('%').Append(Convert.ToHexString([b]));
        }

        return output.ToString();
    }
}
