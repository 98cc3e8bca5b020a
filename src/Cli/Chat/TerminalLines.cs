using System.Globalization;
using System.Text;

namespace KernelFoundry.Cli.Chat;

/// <summary>Lines typed on a terminal, with earlier ones brought back by the arrows. While a line is typed, Ctrl-C is a key: it gives up the line, and the second in a row ends the input.</summary>
internal sealed class TerminalLines : ILineSource
{
    // Of a terminal that does not say.
    private const int UsualColumns = 80;
    private readonly List<string> _history = [];
    private int _rowOfPlace;

    /// <summary>Whether there is a terminal on which lines can be drawn.</summary>
    public static bool IsPossible => !Console.IsInputRedirected && !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    public bool GaveUp { get; private set; }

    public string? ReadLine(string prompt)
    {
        var line = new TypedLine(_history);
        Console.TreatControlCAsInput = true;
        try
        {
            _rowOfPlace = 0;
            Draw(prompt, line);
            while (true)
            {
                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                TypedLine.Outcome outcome = line.Press(key);
                if (outcome == TypedLine.Outcome.GoesOn)
                {
                    GaveUp = false;

                    // What is pasted is drawn once.
                    if (!Console.KeyAvailable)
                        Draw(prompt, line);
                    continue;
                }

                Draw(prompt, line, atEnd: true);
                Console.Error.WriteLine();
                if (outcome == TypedLine.Outcome.Ended || (outcome == TypedLine.Outcome.GivenUp && GaveUp))
                    return null;
                GaveUp = outcome == TypedLine.Outcome.GivenUp;
                if (GaveUp)
                {
                    Console.Error.WriteLine("(Ctrl-C again, Ctrl-D or /exit ends the program.)");
                    return "";
                }

                Keep(line.Text);
                return line.Text;
            }
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private void Keep(string text)
    {
        if (text.Length > 0 && (_history.Count == 0 || _history[^1] != text))
            _history.Add(text);
    }

    // The whole line anew: from the first of the rows it takes to the end of the screen, and back to the place.
    private void Draw(string prompt, TypedLine line, bool atEnd = false)
    {
        int columns = Console.WindowWidth is > 0 and int width ? width : UsualColumns;
        string text = line.Text;
        var output = new StringBuilder();
        if (_rowOfPlace > 0)
            output.Append(CultureInfo.InvariantCulture, $"\e[{_rowOfPlace}A");
        output.Append('\r').Append(prompt).Append(text).Append("\e[J");
        int end = Columns(prompt) + Columns(text), place = atEnd ? end : Columns(prompt) + Columns(text.AsSpan(0, line.Place));

        // A full row leaves the cursor on it, where the next character would go below.
        if (end > 0 && end % columns == 0)
            output.Append("\n\r");
        if (end / columns > place / columns)
            output.Append(CultureInfo.InvariantCulture, $"\e[{(end / columns) - (place / columns)}A");
        output.Append('\r');
        if (place % columns > 0)
            output.Append(CultureInfo.InvariantCulture, $"\e[{place % columns}C");
        _rowOfPlace = place / columns;
        Console.Error.Write(output);
        Console.Error.Flush();
    }

    /// <summary>Columns that a text takes on a terminal: two for characters of the wide scripts and pictures, none for marks.</summary>
    internal static int Columns(ReadOnlySpan<char> text)
    {
        int columns = 0;
        foreach (Rune rune in text.EnumerateRunes())
            columns += Columns(rune);
        return columns;
    }

    private static int Columns(Rune rune)
    {
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
            return 0;
        return rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F)
            or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1F64F) or (>= 0x1F900 and <= 0x1F9FF) or (>= 0x20000 and <= 0x3FFFD) ? 2 : 1;
    }
}
