namespace KernelFoundry.Cli.Output;

/// <summary>A Markdown table whose columns line up.</summary>
/// <param name="headings">One a column; a heading that begins with a space is of numbers, which stand to the right.</param>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> _rows = [[.. headings.Select(heading => heading.TrimStart())]];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Print()
    {
        int[] widths = [.. headings.Select((_, column) => _rows.Max(row => row[column].Length))];
        Print(_rows[0], widths);
        Console.Out.WriteLine($"|{string.Join("|", headings.Select((_, i) => Rule(IsNumber(i), widths[i])))}|");
        foreach (string[] row in _rows.Skip(1))
            Print(row, widths);
    }

    private static string Rule(bool isNumber, int width) => isNumber ? $"{new string('-', width + 1)}:" : new string('-', width + 2);

    private bool IsNumber(int column) => headings[column].StartsWith(' ');

    private void Print(string[] row, int[] widths)
    {
        IEnumerable<string> cells = row.Select((cell, i) => IsNumber(i) ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
        Console.Out.WriteLine($"| {string.Join(" | ", cells)} |");
    }
}
