namespace KernelFoundry.Inference.Generation;

/// <summary>
/// Lets text through until a stop string is complete. Text that may be the beginning of one is held back until that is decided, however it
/// is cut into pieces.
/// </summary>
internal sealed class StopStringMatcher(IReadOnlyList<string> stops)
{
    private string _held = "";

    /// <summary>Whether a stop string has been found; nothing passes after it.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Takes text. Returns what is certain to stand before any stop string.</summary>
    public string Append(ReadOnlySpan<char> text)
    {
        if (IsStopped || text.IsEmpty)
            return "";
        string all = string.Concat(_held, text);
        int found = FindFirst(all);
        IsStopped = found >= 0;
        int end = IsStopped ? found : all.Length - HeldLength(all);
        _held = IsStopped ? "" : all[end..];
        return all[..end];
    }

    /// <summary>Ends the text: what was held back is no stop string after all.</summary>
    public string Flush()
    {
        string rest = _held;
        _held = "";
        return rest;
    }

    private int FindFirst(string text)
    {
        int first = -1;
        foreach (string stop in stops)
        {
            int at = text.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (first < 0 || at < first))
                first = at;
        }

        return first;
    }

    /// <summary>Length of the longest end of the text that a stop string begins with.</summary>
    private int HeldLength(string text)
    {
        int held = 0;
        foreach (string stop in stops)
        {
            int length = Math.Min(stop.Length - 1, text.Length);
            while (length > held && !text.EndsWith(stop[..length], StringComparison.Ordinal))
                length--;
            held = Math.Max(held, length);
        }

        return held;
    }
}
