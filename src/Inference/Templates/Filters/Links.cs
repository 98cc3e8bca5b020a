using System.Text;
using System.Text.RegularExpressions;
using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Filters;

/// <summary>The filter <c>urlize</c>: addresses in a text become links of HTML. The patterns match in linear time, whatever the text.</summary>
internal static class Links
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    // Letters, numbers and the underscore, as Python's \w.
    private const string Word = @"\p{L}\p{N}_";

    // What a template does without being asked to: Jinja2's policy urlize.rel.
    private const string AlwaysRelated = "noopener";

    private static readonly Regex s_web = new(
        $@"^((https?://|www\.)([{Word}%-]+\.)*([a-z]{{2,63}}|xn--[{Word}%]{{2,59}})|([{Word}%-]{{2,63}}\.)+(com|net|int|edu|gov|org|info|mil)"
        + @"|https?://(\p{Nd}{1,3}(\.\p{Nd}{1,3}){3}|\[([\p{Nd}a-f]{0,4}:){2}([\p{Nd}a-f]{0,4}:?){1,6}\]))(:\p{Nd}{1,5})?([/?#]\S*)?$", Linear | RegexOptions.IgnoreCase);

    private static readonly Regex s_mail = new($@"^\S+@[{Word}][{Word}.-]*\.[{Word}]+$", Linear);

    private static readonly Regex s_scheme = new($@"^[{Word}.+-]{{2,}}:/{{0,2}}$", Linear);

    private static readonly string[] s_opening = ["(", "<", "&lt;"], s_closing = [")", ">", ".", ",", "\n", "&gt;"];

    private static readonly (string Open, string Close)[] s_brackets = [("(", ")"), ("<", ">"), ("&lt;", "&gt;")];

    public static TemplateValue Of(BoundArguments a)
    {
        RenderContext context = a.Context;
        string text = Html.Escape(context, a[0] as StringValue ?? new StringValue(a.Text(0)));
        string attributes = Attribute(context, "rel", Related(a)) + Attribute(context, "target", a.Text(3, ""));
        int? most = a.Given(1) is null ? null : (int)Math.Clamp(a.Integer(1), int.MinValue / 2, int.MaxValue / 2);
        string[] schemes = a.Given(5) is null ? [] : [.. a.Items(5).Select(item => Scheme(a, item))];
        context.ReserveText(text.Length);
        var output = new StringBuilder(text.Length);
        for (int at = 0, end; at < text.Length; at = end)
        {
            bool isSpace = PythonCharacter.IsSpace(text[at]);
            for (end = at + 1; end < text.Length && PythonCharacter.IsSpace(text[end]) == isSpace;)
                end++;
            if (isSpace)
                output.Append(text, at, end - at);
            else
                AppendWord(context, text[at..end], attributes, most, schemes, output);
            if (output.Length > context.Options.MaxOutputLength)
                context.ReserveText(output.Length);
        }

        context.ReserveText(output.Length);
        return TemplateValue.From(output.ToString());
    }

    private static void AppendWord(RenderContext context, string word, string attributes, int? most, string[] schemes, StringBuilder output)
    {
        // Each pattern looks at each character once.
        context.Step(1 + (word.Length / 4));
        (string head, string middle, string tail) = Bare(word);
        output.Append(head);
        AppendLink(middle, attributes, most, schemes, output);
        output.Append(tail);
    }

    private static void AppendLink(string address, string attributes, int? most, string[] schemes, StringBuilder output)
    {
        bool isSecure = address.StartsWith("https://", StringComparison.Ordinal), hasScheme = isSecure || address.StartsWith("http://", StringComparison.Ordinal);
        if (s_web.IsMatch(address))
            Append((hasScheme ? "" : "https://") + address, attributes, Shortened(address, most));
        else if (address.StartsWith("mailto:", StringComparison.Ordinal) && s_mail.IsMatch(address["mailto:".Length..]))
            Append(address, "", address["mailto:".Length..]);
        else if (address.Contains('@', StringComparison.Ordinal) && !address.StartsWith("www.", StringComparison.Ordinal) && !address.Contains(':', StringComparison.Ordinal) && s_mail.IsMatch(address))
            Append("mailto:" + address, "", address);
        else if (schemes.FirstOrDefault(scheme => address != scheme && address.StartsWith(scheme, StringComparison.Ordinal)) is not null)
            Append(address, attributes, address);
        else
            output.Append(address);

        void Append(string to, string with, string shown) => output.Append("<a href=\"").Append(to).Append('"').Append(with).Append('>').Append(shown).Append("</a>");
    }

    // What stands around an address is no part of it, but for brackets that close one within it.
    private static (string Head, string Middle, string Tail) Bare(string word)
    {
        int start = 0, end = word.Length;
        while (Begins(word.AsSpan(start, end - start), s_opening) is > 0 and var length)
            start += length;
        while (Ends(word.AsSpan(start, end - start), s_closing) is > 0 and var length)
            end -= length;
        string middle = word[start..end], tail = word[end..];
        foreach (var (open, close) in s_brackets)
        {
            int opened = Count(middle, open), moved = opened > Count(middle, close) ? Math.Min(opened, Count(tail, close)) : 0;
            int from = 0;
            for (; moved > 0; moved--)
                from = tail.IndexOf(close, from, StringComparison.Ordinal) + close.Length;
            (middle, tail) = (middle + tail[..from], tail[from..]);
        }

        return (word[..start], middle, tail);
    }

    private static int Begins(ReadOnlySpan<char> text, string[] marks)
    {
        foreach (string mark in marks)
        {
            if (text.StartsWith(mark))
                return mark.Length;
        }

        return 0;
    }

    private static int Ends(ReadOnlySpan<char> text, string[] marks)
    {
        foreach (string mark in marks)
        {
            if (text.EndsWith(mark))
                return mark.Length;
        }

        return 0;
    }

    private static int Count(string text, string part) => text.AsSpan().Count(part);

    private static string Shortened(string address, int? most)
    {
        var text = new StringValue(address);
        if (most is not { } limit || text.Length <= limit)
            return address;

        // A negative limit counts from the end, as Python's slices do.
        int kept = limit < 0 ? Math.Max(0, text.Length + limit) : limit;
        return address[..text.OffsetOf(kept)] + "...";
    }

    private static string Related(BoundArguments a)
    {
        var parts = new SortedSet<string>(StringComparer.Ordinal) { AlwaysRelated };
        parts.UnionWith(a.Text(4, "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (a.Flag(2))
            parts.Add("nofollow");
        return string.Join(' ', parts);
    }

    private static string Attribute(RenderContext context, string name, string value) => value.Length == 0 ? "" : $" {name}=\"{Html.EscapeText(context, value)}\"";

    private static string Scheme(BoundArguments a, TemplateValue item) => item is StringValue { Text: var scheme } && s_scheme.IsMatch(scheme)
        ? scheme
        : throw a.Error("a scheme has two characters or more, then a colon and at most two slashes.");
}
