using System.Text;
using KernelFoundry.Inference.Templates.Formatting;
using KernelFoundry.Inference.Templates.Rendering;

namespace KernelFoundry.Inference.Templates.Values;

/// <summary>What Python's texts can do, for filters and methods alike.</summary>
internal static class PythonString
{
    public static TemplateValue Upper(RenderContext context, string text)
    {
        context.ReserveText(text.Length);
        string upper = text.ToUpperInvariant();
        return TemplateValue.From(upper.Contains('ß', StringComparison.Ordinal) ? upper.Replace("ß", "SS", StringComparison.Ordinal) : upper);
    }

    public static TemplateValue Lower(RenderContext context, string text)
    {
        context.ReserveText(text.Length);
        return TemplateValue.From(text.ToLowerInvariant());
    }

    /// <summary>The first character in upper case, the others in lower.</summary>
    public static TemplateValue Capitalize(RenderContext context, string text)
    {
        context.ReserveText(text.Length);
        int first = text.Length == 0 ? 0 : StringValue.WidthAt(text, 0);
        return TemplateValue.From(text[..first].ToUpperInvariant() + text[first..].ToLowerInvariant());
    }

    /// <summary>Takes characters from the ends; whitespace if none are named.</summary>
    public static TemplateValue Strip(RenderContext context, string text, string? characters, bool atStart, bool atEnd)
    {
        HashSet<int>? stripped = characters is null ? null : [.. characters.EnumerateRunes().Select(r => r.Value)];
        context.ReserveText(text.Length);
        int start = 0, end = text.Length;
        while (atStart && start < end && Strips(Rune.GetRuneAt(Fix(text, start), 0)))
            start += StringValue.WidthAt(text, start);
        while (atEnd && end > start)
        {
            int width = end - start > 1 && char.IsSurrogatePair(text[end - 2], text[end - 1]) ? 2 : 1;
            if (!Strips(Rune.GetRuneAt(Fix(text, end - width), 0)))
                break;
            end -= width;
        }

        return TemplateValue.From(text[start..end]);

        bool Strips(Rune rune) => stripped?.Contains(rune.Value) ?? PythonCharacter.IsSpace(rune);
    }

    /// <summary>Replaces the first <paramref name="count"/> places; all if it is negative.</summary>
    public static TemplateValue Replace(RenderContext context, string text, string old, string replacement, long count)
    {
        var output = new StringBuilder();
        int at = 0;
        for (long done = 0; count < 0 || done < count; done++)
        {
            int found = TextSearch.IndexOf(context, text, old, at);

            // Nothing is found before every character, and at the end.
            if (old.Length == 0 && done > 0 && found >= 0)
                found = at < text.Length ? at + StringValue.WidthAt(text, at) : -1;
            if (found < 0)
                break;
            output.Append(text, at, found - at).Append(replacement);
            at = found + old.Length;
            if (output.Length > context.Options.MaxOutputLength)
                context.ReserveText(output.Length);
        }

        output.Append(text, at, text.Length - at);
        context.ReserveText(output.Length);
        return TemplateValue.From(output.ToString());
    }

    public static TemplateValue Join(RenderContext context, string separator, IReadOnlyCollection<string> texts)
    {
        long length = texts.Sum(t => (long)t.Length) + ((long)separator.Length * Math.Max(0, texts.Count - 1));
        context.ReserveText(length);
        return TemplateValue.From(string.Join(separator, texts));
    }

    public static string Repeat(RenderContext context, string text, long count)
    {
        context.ReserveText((long)Int128.Min(long.MaxValue, (Int128)text.Length * Math.Max(0, count)));
        return count <= 0 ? "" : new StringBuilder(text.Length * (int)count).Insert(0, text, (int)count).ToString();
    }

    /// <summary>Fills up to a width, in characters.</summary>
    public static TemplateValue Pad(RenderContext context, string text, long width, string fill, Alignment alignment)
    {
        long missing = width - StringValue.CountCharacters(text);
        if (missing <= 0)
            return TemplateValue.From(text);

        // Of an odd number, the left gets the greater half if the width is odd too, as in CPython.
        long left = alignment switch
        {
            Alignment.Left => 0,
            Alignment.Right => missing,
            _ => (missing / 2) + (missing & width & 1),
        };
        context.ReserveText(text.Length + (missing * fill.Length));
        return TemplateValue.From(Repeat(context, fill, left) + text + Repeat(context, fill, missing - left));
    }

    /// <summary><c>str.splitlines</c></summary>
    public static List<string> SplitLines(RenderContext context, string text, bool keepEnds)
    {
        context.ReserveText(text.Length);
        var lines = new List<string>();
        for (int at = 0; at < text.Length;)
        {
            int end = at;
            while (end < text.Length && !IsLineBreak(text[end]))
                end++;
            int next = end == text.Length ? end : text.AsSpan(end).StartsWith("\r\n") ? end + 2 : end + 1;
            lines.Add(text[at..(keepEnds ? next : end)]);
            at = next;
        }

        context.ReserveItems(lines.Count);
        return lines;
    }

    /// <summary>Whether there are letters of one case and none of the other.</summary>
    public static bool HasCase(RenderContext context, string text, Func<char, bool> wanted, Func<char, bool> unwanted)
    {
        context.Step(text.Length / 16);
        return text.Any(wanted) && !text.Any(unwanted);
    }

    private static bool IsLineBreak(char c) => c is >= '\n' and <= '\r' or >= '\x1c' and <= '\x1e' or '\x85' or '\u2028' or '\u2029';

    // Half of a surrogate pair is no character to .NET.
    private static string Fix(string text, int offset)
    {
        int width = StringValue.WidthAt(text, offset);
        return width == 1 && char.IsSurrogate(text[offset]) ? "\uFFFD" : text.Substring(offset, width);
    }
}
