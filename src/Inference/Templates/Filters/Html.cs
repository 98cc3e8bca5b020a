using System.Net;
using System.Text;
using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Filters;

/// <summary>HTML in texts.</summary>
internal static class Html
{
    /// <summary>Escapes a text that is not markup yet.</summary>
    public static string Escape(RenderContext context, StringValue text) => text.IsMarkup ? text.Text : EscapeText(context, text.Text);

    /// <summary>Escapes a text.</summary>
    public static string EscapeText(RenderContext context, string text)
    {
        if (text.AsSpan().IndexOfAny("&<>'\"") < 0)
            return text;
        var output = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            _ = c switch
            {
                '&' => output.Append("&amp;"),
                '<' => output.Append("&lt;"),
                '>' => output.Append("&gt;"),
                '\'' => output.Append("&#39;"),
                '"' => output.Append("&#34;"),
                _ => output.Append(c),
            };
        }

        context.ReserveText(output.Length);
        return output.ToString();
    }

    /// <summary>Takes out comments and tags, makes one space of all that separates words, and resolves entities.</summary>
    public static string StripTags(RenderContext context, string text)
    {
        context.ReserveText(2L * text.Length);
        string bare = Without(Without(text, "<!--", "-->"), "<", ">");
        var output = new StringBuilder(bare.Length);
        bool spaceIsDue = false;
        foreach (char c in bare)
        {
            if (PythonCharacter.IsSpace(c))
            {
                spaceIsDue = output.Length > 0;
                continue;
            }

            output.Append(spaceIsDue ? " " : "").Append(c);
            spaceIsDue = false;
        }

        return WebUtility.HtmlDecode(output.ToString());
    }

    private static string Without(string text, string open, string close)
    {
        var output = new StringBuilder(text.Length);
        int at = 0;
        for (int start; (start = text.IndexOf(open, at, StringComparison.Ordinal)) >= 0;)
        {
            int end = text.IndexOf(close, start + open.Length, StringComparison.Ordinal);
            if (end < 0)
                break;
            output.Append(text, at, start - at);
            at = end + close.Length;
        }

        return output.Append(text, at, text.Length - at).ToString();
    }
}
