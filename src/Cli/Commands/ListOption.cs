using System.Globalization;

namespace KernelFoundry.Cli.Commands;

/// <summary>Values of options that are lists.</summary>
internal static class ListOption
{
    /// <summary>Parts separated by commas; at least one.</summary>
    public static string[] Parts(string text, string option)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 0 ? parts : throw new UsageException($"{option} names nothing.");
    }

    /// <summary>Numbers of 1 or more, separated by commas.</summary>
    public static IEnumerable<int?> Counts(string text, string option)
    {
        foreach (string part in Parts(text, option))
        {
            yield return int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
                ? count
                : throw new UsageException($"{option} has '{part}'; it is a list of numbers, 1 or more, separated by commas.");
        }
    }

    /// <summary>Numbers of 0 or more, separated by commas.</summary>
    public static IEnumerable<int> Indices(string text, string option)
    {
        foreach (string part in Parts(text, option))
        {
            yield return int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                ? index
                : throw new UsageException($"{option} has '{part}'; it is a list of numbers, 0 or more, separated by commas.");
        }
    }

    /// <summary>Extents by name, each as in <c>rows=1024</c>.</summary>
    public static Dictionary<string, int> Extents(IEnumerable<string> texts, string option)
    {
        var extents = new Dictionary<string, int>();
        foreach (string text in texts)
        {
            string[] sides = text.Split('=', StringSplitOptions.TrimEntries);
            if (sides.Length != 2 || !int.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out int extent))
                throw new UsageException($"{option} is '{text}'; it is a name and a number, as in rows=1024.");
            if (!extents.TryAdd(sides[0], extent))
                throw new UsageException($"{option} says '{sides[0]}' twice.");
        }

        return extents;
    }
}
