namespace KernelFoundry.Inference.Decoding;

/// <summary>Questions to the tokens of a sequence.</summary>
internal static class TokenHistory
{
    /// <summary>The last tokens, at most a window of them; 0 for all.</summary>
    public static ReadOnlySpan<int> Last(ReadOnlySpan<int> tokens, int window) =>
        window == 0 || window >= tokens.Length ? tokens : tokens[^window..];

    /// <summary>Whether the tokens end with the first so many of a sequence.</summary>
    public static bool EndsWith(ReadOnlySpan<int> tokens, IReadOnlyList<int> sequence, int count)
    {
        if (count > tokens.Length)
            return false;
        for (int i = 0; i < count; i++)
        {
            if (tokens[tokens.Length - count + i] != sequence[i])
                return false;
        }

        return true;
    }

    /// <summary>How often each token occurs.</summary>
    public static Dictionary<int, int> Count(ReadOnlySpan<int> tokens)
    {
        var counts = new Dictionary<int, int>();
        foreach (int token in tokens)
            counts[token] = counts.GetValueOrDefault(token) + 1;
        return counts;
    }
}
