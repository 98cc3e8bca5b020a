using System.Text;

namespace KernelFoundry.Cli.Chat;

/// <summary>
/// What the user types, message by message. A line that ends with a backslash goes on in the next; lines between two of <c>"""</c> are one
/// message as they are.
/// </summary>
/// <param name="reader">Where lines come from.</param>
/// <param name="isTerminal">Whether to ask for them.</param>
internal sealed class ChatInput(TextReader reader, bool isTerminal)
{
    private const string Fence = "\"\"\"";

    /// <summary>The next message; null at the end of the input.</summary>
    public string? Read()
    {
        if (ReadLine("> ") is not { } line)
            return null;
        if (line.StartsWith(Fence, StringComparison.Ordinal))
            return ReadFenced(line[Fence.Length..]);
        var text = new StringBuilder();
        while (line.EndsWith('\\'))
        {
            text.Append(line, 0, line.Length - 1).Append('\n');
            if (ReadLine(". ") is not { } next)
                return text.ToString();
            line = next;
        }

        return text.Append(line).ToString();
    }

    private string ReadFenced(string first)
    {
        var lines = new List<string>();
        string? line = first;
        while (line is not null && !line.EndsWith(Fence, StringComparison.Ordinal))
        {
            lines.Add(line);
            line = ReadLine(". ");
        }

        if (line is not null)
            lines.Add(line[..^Fence.Length]);
        return string.Join('\n', lines).Trim('\n');
    }

    private string? ReadLine(string prompt)
    {
        if (isTerminal)
        {
            Console.Error.Write(prompt);
            Console.Error.Flush();
        }

        return reader.ReadLine();
    }
}
