using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Methods;

/// <summary>Cuts a text at whitespace, however much of it.</summary>
internal static class SpaceSplit
{
    /// <summary>At most <paramref name="most"/> cuts, from one of the ends; what is left over keeps its inner whitespace.</summary>
    public static List<string> Split(string text, long most, bool fromEnd)
    {
        var parts = new List<string>();
        int start = 0, end = text.Length;
        while (true)
        {
            if (fromEnd)
                end = SkipBack(text, start, end, spaces: true);
            else
                start = Skip(text, start, end, spaces: true);
            if (start == end)
                break;
            if (parts.Count == most)
            {
                parts.Add(text[start..end]);
                break;
            }

            int next = fromEnd ? SkipBack(text, start, end, spaces: false) : Skip(text, start, end, spaces: false);
            parts.Add(fromEnd ? text[next..end] : text[start..next]);
            if (fromEnd)
                end = next;
            else
                start = next;
        }

        if (fromEnd)
            parts.Reverse();
        return parts;
    }

    private static int Skip(string text, int start, int end, bool spaces)
    {
        while (start < end && PythonCharacter.IsSpace(text[start]) == spaces)
            start++;
        return start;
    }

    private static int SkipBack(string text, int start, int end, bool spaces)
    {
        while (end > start && PythonCharacter.IsSpace(text[end - 1]) == spaces)
            end--;
        return end;
    }
}
