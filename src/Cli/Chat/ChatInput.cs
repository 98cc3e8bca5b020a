using System.Text;

namespace KernelFoundry.Cli.Chat;

/// <summary>
/// What the user types, message by message. A line that ends with a backslash goes on in the next; lines between two of <c>"""</c> are one
/// message as they are.
/// </summary>
/// <param name="lines">Where lines come from.</param>
internal sealed class ChatInput(ILineSource lines)
{
    private const string Fence = "\"\"\"";

    /// <summary>The next message; empty where the user gave it up; null at the end of the input.</summary>
    public string? Read()
    {
        if (lines.ReadLine("> ") is not { } line)
            return null;
        if (line.StartsWith(Fence, StringComparison.Ordinal))
            return ReadFenced(line[Fence.Length..]);
        var text = new StringBuilder();
        while (line.EndsWith('\\'))
        {
            text.Append(line, 0, line.Length - 1).Append('\n');
            if (lines.ReadLine(". ") is not { } next)
                return text.ToString();
            line = next;
        }

        if (lines.GaveUp)
            return "";
        return text.Append(line).ToString();
    }

    private string ReadFenced(string first)
    {
        var typed = new List<string>();
        string? line = first;
        while (line is not null && !lines.GaveUp && !line.EndsWith(Fence, StringComparison.Ordinal))
        {
            typed.Add(line);
            line = lines.ReadLine(". ");
        }

        if (lines.GaveUp)
            return "";
        if (line is not null)
            typed.Add(line[..^Fence.Length]);
        return string.Join('\n', typed).Trim('\n');
    }
}
