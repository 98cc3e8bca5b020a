using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Methods;

/// <summary>Methods that look for a text in a text, or cut it there.</summary>
internal static class StringSearchMethods
{
    public static IEnumerable<NativeFunction> All { get; } =
    [
        new("find", "self part start? end?", a => TemplateValue.From(Find(a, last: false))),
        new("rfind", "self part start? end?", a => TemplateValue.From(Find(a, last: true))),
        new("index", "self part start? end?", a => TemplateValue.From(Require(a, Find(a, last: false)))),
        new("rindex", "self part start? end?", a => TemplateValue.From(Require(a, Find(a, last: true)))),
        new("count", "self part start? end?", Count),
        new("partition", "self separator", a => Partition(a, last: false)),
        new("rpartition", "self separator", a => Partition(a, last: true)),
        new("split", "self sep? maxsplit?", a => Split(a, fromEnd: false)),
        new("rsplit", "self sep? maxsplit?", a => Split(a, fromEnd: true)),
        new("splitlines", "self keepends?", a => List(a, PythonString.SplitLines(a.Context, StringMethods.Self(a), a.Flag(1)))),
    ];

    private static int Find(BoundArguments a, bool last)
    {
        StringValue self = a.String(0);
        string part = a.String(1).Text;
        (int start, string text)? window = Window(a, self);
        if (window is null)
            return -1;
        int offset = last
            ? TextSearch.LastIndexOf(a.Context, window.Value.text, part)
            : TextSearch.IndexOf(a.Context, window.Value.text, part, 0);
        if (offset < 0)
            return -1;
        return window.Value.start + (self.IsSimple ? offset : StringValue.CountCharacters(window.Value.text.AsSpan(0, offset)));
    }

    // The part of the text that start and end leave; null if it begins behind the text's end.
    private static (int Start, string Text)? Window(BoundArguments a, StringValue self)
    {
        if (a.Given(2) is null && a.Given(3) is null)
            return (0, self.Text);
        (int start, int count, _) = SliceBounds.Resolve(self.Length, a.Integer(2, 0), a.Integer(3, self.Length), 1, a.Context);
        if (a.Integer(2, 0) > self.Length)
            return null;
        a.Context.ReserveText(self.Text.Length);
        return (start, count == 0 ? "" : self.Text[self.OffsetOf(start)..self.OffsetOf(start + count)]);
    }

    private static int Require(BoundArguments a, int place) => place >= 0 ? place : throw a.Error("the text is not there.");

    private static TemplateValue Count(BoundArguments a)
    {
        if (Window(a, a.String(0)) is not { } window)
            return TemplateValue.From(0);
        string part = a.String(1).Text;
        if (part.Length == 0)
            return TemplateValue.From(StringValue.CountCharacters(window.Text) + 1);
        long count = 0;
        for (int at = 0; (at = TextSearch.IndexOf(a.Context, window.Text, part, at)) >= 0; at += part.Length)
            count++;
        return TemplateValue.From(count);
    }

    private static TupleValue Partition(BoundArguments a, bool last)
    {
        string text = StringMethods.Self(a), separator = Separator(a)!;
        a.Context.ReserveText(text.Length);
        int at = last ? TextSearch.LastIndexOf(a.Context, text, separator) : TextSearch.IndexOf(a.Context, text, separator, 0);
        if (at < 0)
            return last ? Tuple("", "", text) : Tuple(text, "", "");
        return Tuple(text[..at], separator, text[(at + separator.Length)..]);
    }

    private static TupleValue Tuple(params IEnumerable<string> texts) => new([.. texts.Select(TemplateValue.From)]);

    private static string? Separator(BoundArguments a) => a.OptionalString(1) is "" ? throw a.Error("the separator is empty.") : a.OptionalString(1);

    private static ListValue Split(BoundArguments a, bool fromEnd)
    {
        string text = StringMethods.Self(a);
        a.Context.ReserveText(text.Length);
        long most = a.Integer(2, -1);
        if (most < 0)
            most = long.MaxValue;
        string? separator = Separator(a);
        if (separator is null)
            return List(a, SpaceSplit.Split(text, most, fromEnd));
        var cuts = new List<int>();
        for (int at = 0; (at = TextSearch.IndexOf(a.Context, text, separator, at)) >= 0; at += separator.Length)
        {
            cuts.Add(at);
            if (!fromEnd && cuts.Count > most)
                break;
        }

        if (fromEnd)
            cuts = CutsFromEnd(a, text, separator, cuts, most);
        else if (cuts.Count > most)
            cuts.RemoveRange((int)most, cuts.Count - (int)most);
        var parts = new List<string>();
        int start = 0;
        foreach (int cut in cuts)
        {
            parts.Add(text[start..cut]);
            start = cut + separator.Length;
        }

        parts.Add(text[start..]);
        return List(a, parts);
    }

    // Seen from the end, a separator that overlaps itself lies elsewhere: "aaa" cut at "aa" is ["a", ""].
    private static List<int> CutsFromEnd(BoundArguments a, string text, string separator, List<int> cuts, long most)
    {
        if (cuts.Count == 0 || most == 0)
            return [];
        var fromEnd = new List<int>();
        for (int end = text.Length; fromEnd.Count < most && end >= separator.Length;)
        {
            a.Context.Step(1 + (separator.Length / 16));
            int at = end - separator.Length;
            if (text.AsSpan(at, separator.Length).SequenceEqual(separator))
            {
                fromEnd.Add(at);
                end = at;
            }
            else
            {
                end--;
            }
        }

        fromEnd.Reverse();
        return fromEnd;
    }

    private static ListValue List(BoundArguments a, List<string> texts)
    {
        a.Context.ReserveItems(texts.Count);
        return new ListValue([.. texts.Select(TemplateValue.From)]);
    }
}
