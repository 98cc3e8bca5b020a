using KernelFoundry.Inference.Templates.Rendering;

namespace KernelFoundry.Inference.Templates.Values;

/// <summary>Finds a text in a text, in time that grows with the sum of their lengths, never with the product.</summary>
internal static class TextSearch
{
    // Up to here the built-in search, which tries every place, is faster and still bounded.
    private const int Short = 32;

    /// <summary>The first offset from <paramref name="start"/> on, or -1.</summary>
    public static int IndexOf(RenderContext context, string text, string part, int start)
    {
        if (text.Length - start < part.Length)
            return -1;
        int found = part.Length <= Short ? text.IndexOf(part, start, StringComparison.Ordinal) : KnuthMorrisPratt(context, text, part, start);

        // Searching on and on costs what was passed over, not what is left.
        context.Step(1 + (((found < 0 ? text.Length : found) - start) / 64));
        return found;
    }

    /// <summary>The last offset, or -1.</summary>
    public static int LastIndexOf(RenderContext context, string text, string part)
    {
        if (part.Length <= Short)
        {
            context.Step(1 + (text.Length / 64));
            return part.Length == 0 ? text.Length : text.LastIndexOf(part, StringComparison.Ordinal);
        }

        int last = -1;
        for (int at = IndexOf(context, text, part, 0); at >= 0; at = IndexOf(context, text, part, at + 1))
            last = at;
        return last;
    }

    // Knuth, Morris and Pratt, "Fast pattern matching in strings", 1977.
    private static int KnuthMorrisPratt(RenderContext context, string text, string part, int start)
    {
        context.Step(part.Length / 8);
        var border = new int[part.Length];
        for (int i = 1, k = 0; i < part.Length; i++)
        {
            while (k > 0 && part[i] != part[k])
                k = border[k - 1];
            border[i] = part[i] == part[k] ? ++k : k;
        }

        for (int i = start, k = 0; i < text.Length; i++)
        {
            while (k > 0 && text[i] != part[k])
                k = border[k - 1];
            if (text[i] == part[k] && ++k == part.Length)
                return i - k + 1;
        }

        return -1;
    }
}
