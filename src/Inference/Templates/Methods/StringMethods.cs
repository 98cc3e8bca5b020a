using System.Globalization;
using KernelFoundry.Inference.Templates.Formatting;
using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Methods;

/// <summary>Methods of texts.</summary>
internal static class StringMethods
{
    public static IReadOnlyDictionary<string, NativeFunction> All { get; } = MethodTable.Of(
    [
        new("upper", "self", a => PythonString.Upper(a.Context, Self(a))),
        new("lower", "self", a => PythonString.Lower(a.Context, Self(a))),
        new("casefold", "self", a => PythonString.Lower(a.Context, Self(a).Replace("ß", "ss", StringComparison.Ordinal))),
        new("capitalize", "self", a => PythonString.Capitalize(a.Context, Self(a))),
        new("title", "self", a => MapCase(a, startsWord: true)),
        new("swapcase", "self", a => MapCase(a, startsWord: false)),
        new("strip", "self chars?", a => Strip(a, atStart: true, atEnd: true)),
        new("lstrip", "self chars?", a => Strip(a, atStart: true, atEnd: false)),
        new("rstrip", "self chars?", a => Strip(a, atStart: false, atEnd: true)),
        new("removeprefix", "self prefix", a => Self(a).StartsWith(a.String(1).Text, StringComparison.Ordinal) ? From(a, Self(a)[a.String(1).Text.Length..]) : a[0]),
        new("removesuffix", "self suffix", a => Self(a).EndsWith(a.String(1).Text, StringComparison.Ordinal) ? From(a, Self(a)[..^a.String(1).Text.Length]) : a[0]),
        new("replace", "self old new count?", a => PythonString.Replace(a.Context, Self(a), a.String(1).Text, a.String(2).Text, a.Integer(3, -1))),
        new("startswith", "self prefix start? end?", a => Borders(a, (text, part) => text.StartsWith(part, StringComparison.Ordinal))),
        new("endswith", "self suffix start? end?", a => Borders(a, (text, part) => text.EndsWith(part, StringComparison.Ordinal))),
        new("join", "self items", Join),
        new("center", "self width fill?", a => Pad(a, Alignment.Center)),
        new("ljust", "self width fill?", a => Pad(a, Alignment.Left)),
        new("rjust", "self width fill?", a => Pad(a, Alignment.Right)),
        new("zfill", "self width", FillZeros),
        new("expandtabs", "self tabsize?", ExpandTabs),
        new("format", "self *rest **named", a => FormatString.Format(a.Context, Self(a), a.Rest, TemplateValue.FromEntries(a.Named))),
        new("format_map", "self mapping", a => FormatString.Format(a.Context, Self(a), [], a[1])),
        .. StringSearchMethods.All,
        Is("isspace", (c, _) => PythonCharacter.IsSpace(c)),
        Is("isalpha", (c, _) => char.IsLetter(c)),
        Is("isalnum", (c, _) => char.IsLetter(c) || char.IsNumber(c)),
        Is("isdecimal", (c, _) => char.IsDigit(c)),
        Is("isdigit", (c, _) => char.IsDigit(c) || CharUnicodeInfo.GetDigitValue(c) >= 0),
        Is("isnumeric", (c, _) => char.IsNumber(c) || CharUnicodeInfo.GetNumericValue(c) >= 0),
        Is("isidentifier", (c, isFirst) => isFirst ? PythonCharacter.IsNameStart(c) : PythonCharacter.IsNamePart(c)),
        Is("isascii", (c, _) => char.IsAscii(c), empty: true),
        Is("isprintable", (c, _) => char.IsSurrogate(c) || PythonCharacter.IsPrintable(new System.Text.Rune(c)), empty: true),
        new("islower", "self", a => TemplateValue.From(PythonString.HasCase(a.Context, Self(a), char.IsLower, char.IsUpper))),
        new("isupper", "self", a => TemplateValue.From(PythonString.HasCase(a.Context, Self(a), char.IsUpper, char.IsLower))),
        new("istitle", "self", a => TemplateValue.From(
            Self(a).Any(c => char.IsUpper(c) || char.IsLower(c)) && MapCase(a, startsWord: true) is StringValue title && title.Text == Self(a))),
    ]);

    public static string Self(BoundArguments a) => a.String(0).Text;

    private static TemplateValue From(BoundArguments a, string text)
    {
        a.Context.ReserveText(text.Length);
        return TemplateValue.From(text);
    }

    private static NativeFunction Is(string name, Func<char, bool, bool> holds, bool empty = false) => new(name, "self", a =>
    {
        string text = Self(a);
        a.Context.Step(text.Length / 16);
        bool all = text.Length > 0 || empty;
        for (int i = 0; i < text.Length && all; i++)
            all = holds(text[i], i == 0);
        return TemplateValue.From(all);
    });

    private static TemplateValue Strip(BoundArguments a, bool atStart, bool atEnd) =>
        PythonString.Strip(a.Context, Self(a), a.OptionalString(1), atStart, atEnd);

    private static TemplateValue MapCase(BoundArguments a, bool startsWord)
    {
        bool inWord = false;
        return From(a, string.Create(Self(a).Length, Self(a), (output, text) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                char c = text[i];
                bool toUpper = startsWord ? !inWord : char.IsLower(c);
                output[i] = toUpper ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c);
                inWord = char.IsUpper(c) || char.IsLower(c);
            }
        }));
    }

    private static TemplateValue Borders(BoundArguments a, Func<string, string, bool> holds)
    {
        StringValue self = a.String(0);
        a.Context.Step(1);
        string text = self.Text;
        if (a.Given(2) is not null || a.Given(3) is not null)
        {
            (int start, int count, _) = SliceBounds.Resolve(self.Length, a.Integer(2, 0), a.Integer(3, self.Length), 1, a.Context);
            if (a.Integer(2, 0) > self.Length)
                return TemplateValue.False;
            a.Context.ReserveText(text.Length);
            text = count == 0 ? "" : text[self.OffsetOf(start)..self.OffsetOf(start + count)];
        }

        TemplateValue[] parts = a[1] is TupleValue tuple ? tuple.Items : [a.String(1)];
        return TemplateValue.From(Array.Exists(parts, part => part is StringValue p
            ? holds(text, p.Text)
            : throw a.Error($"expected texts, not a {part.TypeName}.")));
    }

    private static TemplateValue Join(BoundArguments a)
    {
        TemplateValue[] items = a.Items(1);
        if (a[1] is UndefinedValue missing)
            throw a.Context.Error(missing.Reason);
        return PythonString.Join(a.Context, Self(a), [.. items.Select(item =>
            (item as StringValue)?.Text ?? throw a.Error($"expected texts, not a {item.TypeName}."))]);
    }

    private static TemplateValue Pad(BoundArguments a, Alignment alignment)
    {
        StringValue? fill = a.Optional(2) is null ? null : a.String(2);
        return fill is null or { Length: 1 }
            ? PythonString.Pad(a.Context, Self(a), a.Integer(1), fill?.Text ?? " ", alignment)
            : throw a.Error("the fill is one character.");
    }

    private static TemplateValue FillZeros(BoundArguments a)
    {
        string text = Self(a);
        int sign = text.StartsWith('-') || text.StartsWith('+') ? 1 : 0;
        var padded = (StringValue)PythonString.Pad(a.Context, text[sign..], a.Integer(1) - sign, "0", Alignment.Right);
        return From(a, text[..sign] + padded.Text);
    }

    private static TemplateValue ExpandTabs(BoundArguments a)
    {
        var output = new System.Text.StringBuilder();
        int size = a.Count(1, 8), column = 0;
        foreach (char c in Self(a))
        {
            int width = c != '\t' ? 1 : size <= 0 ? 0 : size - (column % size);
            if (output.Length + (long)width > a.Context.Options.MaxOutputLength)
                a.Context.ReserveText(output.Length + (long)width);
            output.Append(c == '\t' ? ' ' : c, width);
            column = c is '\n' or '\r' ? 0 : column + width;
        }

        return From(a, output.ToString());
    }
}
