namespace KernelFoundry.Cli.Chat;

/// <summary>Lines as the system reads them: of a pipe, or of a terminal on which nothing can be drawn.</summary>
/// <param name="reader">Where lines come from.</param>
/// <param name="isTerminal">Whether to ask for them.</param>
internal sealed class PlainLines(TextReader reader, bool isTerminal) : ILineSource
{
    public bool GaveUp => false;

    public string? ReadLine(string prompt)
    {
        if (isTerminal)
        {
            Console.Error.Write(prompt);
            Console.Error.Flush();
        }

        return reader.ReadLine();
    }
}
