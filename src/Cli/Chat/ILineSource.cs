namespace KernelFoundry.Cli.Chat;

/// <summary>Where the lines of a conversation come from.</summary>
internal interface ILineSource
{
    /// <summary>The next line; null at the end.</summary>
    /// <param name="prompt">What a terminal shows before it.</param>
    string? ReadLine(string prompt);

    /// <summary>Whether the user gave up the last line, and with it the message.</summary>
    bool GaveUp { get; }
}
