using System.Text;
using KernelFoundry.Inference.Templates.Formatting;
using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Filters;

/// <summary>Filters of texts. What is no text is one by <c>str</c>.</summary>
internal static class TextFilters
{
    public static IEnumerable<NativeFunction> All { get; } =
    [
        new("string", "value", a => a[0] is StringValue text ? text : TemplateValue.From(a.Text(0))),
        new("upper", "value", a => PythonString.Upper(a.Context, a.Text(0))),
        new("lower", "value", a => PythonString.Lower(a.Context, a.Text(0))),
        new("capitalize", "value", a => PythonString.Capitalize(a.Context, a.Text(0))),
        new("title", "value", a => Title(a.Context, a.Text(0))),
        new("trim", "value chars?", a => PythonString.Strip(a.Context, a.Text(0), a.OptionalString(1), atStart: true, atEnd: true)),
        new("replace", "value old new count?", a => PythonString.Replace(a.Context, a.Text(0), a.Text(1), a.Text(2), a.Integer(3, -1))),
        new("center", "value width?", a => PythonString.Pad(a.Context, a.Text(0), a.Integer(1, 80), " ", Alignment.Center)),
        new("indent", "value width? first? blank?", Indent),
        new("truncate", "value length? killwords? end? leeway?", Truncate),
        new("wordwrap", "value width? break_long_words? wrapstring? break_on_hyphens?", Wrap),
        new("random", "value", a => throw a.Error("a template gives the same text every time, so nothing in it is drawn.")),
        new("wordcount", "value", a => TemplateValue.From(CountWords(a.Context, a.Text(0)))),
        new("pprint", "value", a => TemplateValue.From(PrettyPrint.Format(a.Context, a[0]))),
        new("format", "value *rest **named", a => a.Named.Count == 0
            ? PrintfFormat.Format(a.Context, new StringValue(a.Text(0)), new TupleValue(a.Rest))
            : a.Rest.Length == 0
                ? PrintfFormat.Format(a.Context, new StringValue(a.Text(0)), TemplateValue.FromEntries(a.Named))
                : throw a.Error("arguments have names, or none of them has.")),
        new("tojson", "value ensure_ascii? indent? separators? sort_keys?", a => PythonJson.Write(
            a.Context, a[0], a.Flag(1), a.Optional(2), a.Given(3), a.Flag(4))),
    ];

    private static TemplateValue Title(RenderContext context, string text)
    {
        context.ReserveText(text.Length);
        var output = new StringBuilder(text.Length);
        bool begins = true;
        foreach (char c in text)
        {
            output.Append(begins ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c));
            begins = c is '-' or '(' or '{' or '[' or '<' || PythonCharacter.IsSpace(c);
        }

        return TemplateValue.From(output.ToString());
    }

    private static TemplateValue Indent(BoundArguments a)
    {
        string text = a.String(0).Text;
        string indention = a.Given(1) is StringValue given ? given.Text : PythonString.Repeat(a.Context, " ", a.Integer(1, 4));
        bool first = a.Flag(2), blank = a.Flag(3);
        List<string> lines = PythonString.SplitLines(a.Context, text + "\n", keepEnds: false);
        a.Context.ReserveText(text.Length + ((long)indention.Length * lines.Count));
        var output = new StringBuilder(text.Length);
        for (int i = 0; i < lines.Count; i++)
        {
            output.Append(i > 0 ? "\n" : "");
            bool indents = i == 0 ? first : blank || lines[i].Length > 0;
            output.Append(indents ? indention : "").Append(lines[i]);
        }

        return TemplateValue.From(output.ToString());
    }

    private static TemplateValue Truncate(BoundArguments a)
    {
        if (Iteration.Length(a[0]) is not { } whole)
            throw a.Error($"a {a[0].TypeName} has no length.");
        var end = new StringValue(a.Text(3, "..."));
        long length = a.Integer(1, 255), leeway = a.Integer(4, 5);
        if (length < end.Length || leeway < 0)
            throw a.Error($"the length is at least that of the end, {end.Length}, and the leeway is not negative.");
        if (whole <= length + leeway)
            return a[0];
        StringValue text = a.String(0);
        string kept = text.Text[..text.OffsetOf((int)(length - end.Length))];
        int space = a.Flag(2) ? -1 : kept.LastIndexOf(' ');
        a.Context.ReserveText((long)kept.Length + end.Text.Length);
        return TemplateValue.From((space < 0 ? kept : kept[..space]) + end.Text);
    }

    private static TemplateValue Wrap(BoundArguments a) => a.Integer(1, 79) is var width && width > 0
        ? WordWrap.Apply(a.Context, a.String(0).Text, width, a.Flag(2, absent: true), a.Text(3, "\n"), a.Flag(4, absent: true))
        : throw a.Error($"the width is {width}; it must be 1 or more.");

    private static int CountWords(RenderContext context, string text)
    {
        context.Step(text.Length / 16);
        int words = 0;
        bool inWord = false;
        foreach (char c in text)
        {
            bool isPart = char.IsLetterOrDigit(c) || c == '_';
            words += isPart && !inWord ? 1 : 0;
            inWord = isPart;
        }

        return words;
    }
}
