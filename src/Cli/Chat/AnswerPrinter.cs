using KernelFoundry.Inference.Chat;

namespace KernelFoundry.Cli.Chat;

/// <summary>Prints answers as they come: text to stdout; thoughts and calls of tools to stderr, on a terminal in grey.</summary>
internal sealed class AnswerPrinter(bool showsThoughts)
{
    private readonly bool _hasColor = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "";
    private bool _isThinking;
    private bool _lineIsOpen;

    public void Print(ChatDelta delta)
    {
        if (delta.Reasoning is { } thought && showsThoughts)
        {
            if (!_isThinking)
                Console.Error.Write(_hasColor ? "\e[90m" : "[thinking] ");
            _isThinking = true;
            Console.Error.Write(Printable(thought));
        }

        if (delta.Text is { } text)
        {
            EndThought();
            Console.Out.Write(Printable(text));
            Console.Out.Flush();
            _lineIsOpen = !text.EndsWith('\n');
        }

        if (delta.ToolCall is { } call)
        {
            EndThought();
            Console.Error.WriteLine($"[calls {Printable(call.Name)}({Printable(call.Arguments)})]");
        }
    }

    public void EndAnswer()
    {
        EndThought();
        if (_lineIsOpen)
            Console.Out.WriteLine();
        Console.Out.Flush();
        _lineIsOpen = false;
    }

    private void EndThought()
    {
        if (_isThinking)
            Console.Error.WriteLine(_hasColor ? "\e[0m" : "");
        _isThinking = false;
    }

    // A model must not be able to drive the terminal.
    private static string Printable(string text) =>
        text.Any(c => char.IsControl(c) && c is not ('\n' or '\t')) ? string.Concat(text.Where(c => !char.IsControl(c) || c is '\n' or '\t')) : text;
}
