using System.Text;

namespace KernelFoundry.Cli.Chat;

/// <summary>A line that is being typed: its text, the place in it, and the lines before that the arrows bring back. Keys are those of the shell.</summary>
/// <param name="history">Earlier lines, the oldest first.</param>
internal sealed class TypedLine(IReadOnlyList<string> history)
{
    private readonly StringBuilder _text = new();
    private int _shown = history.Count;
    private string _unfinished = "";

    /// <summary>What a key did.</summary>
    public enum Outcome
    {
        /// <summary>It changed the line, or nothing.</summary>
        GoesOn,

        /// <summary>The line is finished.</summary>
        Entered,

        /// <summary>The input is at its end.</summary>
        Ended,

        /// <summary>Ctrl-C: the line is given up.</summary>
        GivenUp,
    }

    /// <summary>The line so far.</summary>
    public string Text => _text.ToString();

    /// <summary>Where the next character goes.</summary>
    public int Place { get; private set; }

    /// <summary>Takes a key.</summary>
    public Outcome Press(ConsoleKeyInfo key)
    {
        bool isControl = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return Outcome.Entered;
            case ConsoleKey.C when isControl:
                return Outcome.GivenUp;
            case ConsoleKey.D when isControl && _text.Length == 0:
                return Outcome.Ended;
            case ConsoleKey.D when isControl:
            case ConsoleKey.Delete:
                Remove(Place, After(Place));
                break;
            case ConsoleKey.Backspace:
                Remove(Before(Place), Place);
                break;
            case ConsoleKey.W when isControl:
                Remove(WordBefore(), Place);
                break;
            case ConsoleKey.U when isControl:
                Remove(0, Place);
                break;
            case ConsoleKey.K when isControl:
                Remove(Place, _text.Length);
                break;
            case ConsoleKey.LeftArrow:
                Place = isControl ? WordBefore() : Before(Place);
                break;
            case ConsoleKey.RightArrow:
                Place = After(Place);
                break;
            case ConsoleKey.Home:
            case ConsoleKey.A when isControl:
                Place = 0;
                break;
            case ConsoleKey.End:
            case ConsoleKey.E when isControl:
                Place = _text.Length;
                break;
            case ConsoleKey.UpArrow:
                Show(_shown - 1);
                break;
            case ConsoleKey.DownArrow:
                Show(_shown + 1);
                break;
            default:
                if (!char.IsControl(key.KeyChar))
                    _text.Insert(Place++, key.KeyChar);
                break;
        }

        return Outcome.GoesOn;
    }

    private void Show(int line)
    {
        if (line < 0 || line > history.Count)
            return;
        if (_shown == history.Count)
            _unfinished = Text;
        _shown = line;
        _text.Clear().Append(line == history.Count ? _unfinished : history[line]);
        Place = _text.Length;
    }

    private void Remove(int from, int to)
    {
        _text.Remove(from, to - from);
        Place = from;
    }

    // Halves of a character outside the basic plane stay together.
    private int Before(int place) => Math.Max(0, place - (place > 1 && char.IsLowSurrogate(_text[place - 1]) ? 2 : 1));

    private int After(int place) => Math.Min(_text.Length, place + (place < _text.Length && char.IsHighSurrogate(_text[place]) ? 2 : 1));

    private int WordBefore()
    {
        int at = Place;
        while (at > 0 && char.IsWhiteSpace(_text[at - 1]))
            at--;
        while (at > 0 && !char.IsWhiteSpace(_text[at - 1]))
            at--;
        return at;
    }
}
