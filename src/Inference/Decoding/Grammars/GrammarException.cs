namespace KernelFoundry.Inference.Decoding;

/// <summary>A grammar, regular expression or schema cannot be used; says where and why.</summary>
public sealed class GrammarException : FormatException
{
    /// <summary>For text.</summary>
    /// <param name="text">The source.</param>
    /// <param name="offset">Where, in characters from its beginning.</param>
    /// <param name="message">What is wrong and what to write instead.</param>
    public GrammarException(string text, int offset, string message)
        : base($"{Position(text, offset)}: {message}")
    {
        Offset = offset;
    }

    /// <summary>For a schema, whose places are JSON pointers.</summary>
    /// <param name="pointer">Where.</param>
    /// <param name="message">What is wrong and what to write instead.</param>
    public GrammarException(string pointer, string message)
        : base($"#{pointer}: {message}")
    {
        Pointer = pointer;
    }

    /// <summary>Where in the source, in characters from its beginning; -1 for schemas.</summary>
    public int Offset { get; } = -1;

    /// <summary>Where in the schema; null for text.</summary>
    public string? Pointer { get; }

    private static string Position(string text, int offset)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReadOnlySpan<char> before = text.AsSpan(0, Math.Clamp(offset, 0, text.Length));
        return $"line {before.Count('\n') + 1}, column {before.Length - before.LastIndexOf('\n')}";
    }
}
