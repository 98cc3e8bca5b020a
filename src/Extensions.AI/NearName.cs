using KernelFoundry.Inference.Decoding;
using Microsoft.Extensions.AI;

namespace KernelFoundry.Extensions.AI;

/// <summary>Names that are nearly those of options, and more likely mistyped than meant for a template.</summary>
internal static class NearName
{
    // Letters that may be wrong, missing, too many or swapped with the next: one in a name of five, two in one of nine.
    private const int LettersOfOne = 5, LettersOfTwo = 9;

    /// <summary>What was probably meant by a name: how it is to be given, or null if nothing is as near.</summary>
    public static string? Of(string name)
    {
        string given = Letters(name);
        DecodingOption? nearest = null;
        int least = given.Length >= LettersOfTwo ? 2 : given.Length >= LettersOfOne ? 1 : 0;
        foreach (DecodingOption option in DecodingOptionTable.Options.Values)
        {
            int distance = Distance(given, Letters(option.Name));
            if (distance < least || (distance == least && nearest is null))
                (nearest, least) = (option, distance);
        }

        return nearest is null ? null : nearest.ChatProperty is { } own ? $"{nameof(ChatOptions)}.{own}" : $"'{nearest.Name}'";
    }

    private static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant));

    // The optimal string alignment distance (Damerau, 1964), by rows.
    private static int Distance(string a, string b)
    {
        int[] before = [], last = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
            }

            (before, last) = (last, row);
        }

        return last[^1];
    }
}
