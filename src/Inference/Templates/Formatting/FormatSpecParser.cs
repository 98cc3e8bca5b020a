using System.Globalization;
using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Formatting;

/// <summary>Reads <c>[[fill]align][sign][#][0][width][grouping][.precision][type]</c> and writes a value so.</summary>
internal static class FormatSpecParser
{
    public static string Format(RenderContext context, TemplateValue value, string text)
    {
        if (text.Length == 0)
            return PythonText.Str(context, value);
        FormatSpec spec = Parse(context, text, isNumber: value is not (StringValue or UndefinedValue));
        if (value is StringValue or UndefinedValue)
        {
            return spec is { Kind: '\0' or 's', Alignment: not Alignment.AfterSign, Sign: '-', Grouping: '\0', IsAlternate: false }
                ? spec.Format(context, PythonText.Str(context, value))
                : throw context.Error("the format is one of numbers, the value is a text.");
        }

        if (!Number.TryFrom(value, out Number number))
            throw context.Error($"a {value.TypeName} takes no format.");
        if (number.IsFloat && spec.Kind is not ('\0' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or 'n' or '%'))
            throw context.Error($"a float has no format '{spec.Kind}'.");
        if (!number.IsFloat && (spec.Kind == 's' || (spec.Precision is not null && spec.Kind is ('\0' or 'd' or 'x' or 'X' or 'o' or 'b' or 'c'))))
            throw context.Error("an integer has no such format.");
        spec = spec.Kind == 'n' ? spec with { Kind = number.IsFloat ? 'g' : 'd' } : spec;
        return number.IsFloat ? spec.Format(context, number.ToDouble()) : spec.Format(context, number.Integer);
    }

    private static FormatSpec Parse(RenderContext context, string text, bool isNumber)
    {
        var spec = new FormatSpec();
        int at = 0;
        int fill = StringValue.WidthAt(text, 0);
        bool hasFill = text.Length > fill && AlignmentOf(text[fill]) is not null;
        if (hasFill && AlignmentOf(text[fill]) is { } filled)
        {
            spec = spec with { Fill = text[..fill], Alignment = filled };
            at = fill + 1;
        }
        else if (AlignmentOf(text[0]) is { } bare)
        {
            spec = spec with { Alignment = bare };
            at = 1;
        }

        if (Peek() is '+' or '-' or ' ')
            spec = spec with { Sign = text[at++] };
        if (Peek() == '#')
        {
            at++;
            spec = spec with { IsAlternate = true };
        }

        if (Peek() == '0' && !hasFill)
        {
            at++;
            spec = spec with { Fill = "0", Alignment = spec.Alignment ?? (isNumber ? Alignment.AfterSign : null) };
        }

        spec = spec with { Width = Size() ?? 0 };
        if (Peek() is ',' or '_')
            spec = spec with { Grouping = text[at++] };
        if (Peek() == '.')
        {
            at++;
            spec = spec with { Precision = Size() ?? throw context.Error("the format's precision is missing.") };
        }

        if (at < text.Length)
            spec = spec with { Kind = text[at++] };
        return at == text.Length && (spec.Kind == '\0' || "bcdeEfFgGnosxX%".Contains(spec.Kind, StringComparison.Ordinal))
            ? spec
            : throw context.Error("the format of a place cannot be read.");

        char Peek() => at < text.Length ? text[at] : '\0';

        int? Size()
        {
            int start = at;
            while (char.IsAsciiDigit(Peek()))
                at++;
            if (start == at)
                return null;
            return int.TryParse(text.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int size)
                ? size
                : throw context.Error("a width in the format is too large.");
        }
    }

    private static Alignment? AlignmentOf(char c) => c switch
    {
        '<' => Alignment.Left,
        '>' => Alignment.Right,
        '^' => Alignment.Center,
        '=' => Alignment.AfterSign,
        _ => null,
    };
}
