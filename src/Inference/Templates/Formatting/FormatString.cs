using System.Globalization;
using System.Text;
using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Formatting;

/// <summary><c>text.format(values)</c></summary>
internal sealed class FormatString
{
    private readonly RenderContext _context;
    private readonly TemplateValue[] _positional;
    private readonly TemplateValue _named;
    private int _next;

    private FormatString(RenderContext context, TemplateValue[] positional, TemplateValue named)
    {
        _context = context;
        _positional = positional;
        _named = named;
    }

    /// <exception cref="TemplateException">The format is broken, or values do not fit it.</exception>
    public static TemplateValue Format(RenderContext context, string format, TemplateValue[] positional, TemplateValue named) =>
        TemplateValue.From(new FormatString(context, positional, named).Expand(format, levels: 2));

    private string Expand(string format, int levels)
    {
        if (levels == 0)
            throw _context.Error("a format's places are nested too deep.");
        var output = new StringBuilder();
        for (int at = 0; at < format.Length;)
        {
            int brace = format.AsSpan(at).IndexOfAny('{', '}');
            if (brace < 0)
            {
                output.Append(format, at, format.Length - at);
                break;
            }

            output.Append(format, at, brace);
            at += brace;
            _context.Step();
            if (at + 1 < format.Length && format[at + 1] == format[at])
            {
                output.Append(format[at]);
                at += 2;
                continue;
            }

            if (format[at] == '}')
                throw _context.Error("the format has a '}' that closes nothing.");
            int end = PlaceEnd(format, at);
            output.Append(Place(format[(at + 1)..end], levels));
            at = end + 1;
            if (output.Length > _context.Options.MaxOutputLength)
                _context.ReserveText(output.Length);
        }

        _context.ReserveText(output.Length);
        return output.ToString();
    }

    private int PlaceEnd(string format, int open)
    {
        int depth = 0;
        for (int at = open; at < format.Length; at++)
        {
            depth += format[at] == '{' ? 1 : format[at] == '}' ? -1 : 0;
            if (depth == 0)
                return at;
        }

        throw _context.Error("the format has a '{' that is not closed.");
    }

    // name!conversion:spec
    private string Place(string place, int levels)
    {
        int nameEnd = place.AsSpan().IndexOfAny('!', ':');
        string name = nameEnd < 0 ? place : place[..nameEnd];
        string rest = nameEnd < 0 ? "" : place[nameEnd..];
        TemplateValue value = Value(name);
        if (rest.StartsWith('!'))
        {
            value = rest.Length < 2 || (rest.Length > 2 && rest[2] != ':') ? throw _context.Error("the format's conversion is one letter.") : rest[1] switch
            {
                's' => TemplateValue.From(PythonText.Str(_context, value)),
                'r' or 'a' => TemplateValue.From(PythonText.Repr(_context, value)),
                _ => throw _context.Error("the format's conversion is s, r or a."),
            };
            rest = rest[2..];
        }

        string spec = rest.Length > 1 ? Expand(rest[1..], levels - 1) : "";
        return FormatSpecParser.Format(_context, value, spec);
    }

    // field.attribute[index]
    private TemplateValue Value(string name)
    {
        int end = name.AsSpan().IndexOfAny('.', '[');
        string field = end < 0 ? name : name[..end];
        TemplateValue value = Field(field);
        for (int at = end; at >= 0 && at < name.Length;)
        {
            bool isIndex = name[at] == '[';
            int close = isIndex ? name.IndexOf(']', at) : name.AsSpan(at + 1).IndexOfAny('.', '[') is var next and >= 0 ? at + 1 + next : name.Length;
            if (close < 0)
                throw _context.Error("the format has a '[' that is not closed.");
            string part = name[(at + 1)..close];
            value = isIndex
                ? Indexing.Item(_context, value, Index(part) is { } index ? TemplateValue.From(index) : TemplateValue.From(part))
                : Indexing.Attribute(_context, value, part);
            at = isIndex ? close + 1 : close;
            _context.Step();
        }

        return value;
    }

    private TemplateValue Field(string field)
    {
        long? index = field.Length == 0 ? _next++ : Index(field);
        if (index is { } place)
            return place < _positional.Length ? _positional[place] : throw _context.Error($"the format's value {place} is not given.");
        return (_named as DictValue)?.Find(TemplateValue.From(field)) ?? throw _context.Error($"the format's '{field}' is not given.");
    }

    private static long? Index(string text) => text.Length is > 0 and < 10 && text.All(char.IsAsciiDigit)
        ? long.Parse(text, CultureInfo.InvariantCulture)
        : null;
}
