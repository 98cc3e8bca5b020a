namespace KernelFoundry.Inference.Chat;

/// <summary>A part of an answer that holds calls of tools.</summary>
/// <param name="Begin">The text it begins with.</param>
/// <param name="End">The text it ends with; null if it goes on to the end of the answer.</param>
/// <param name="Body">How its inside is written.</param>
public sealed record ToolCallSection(string Begin, string? End, ToolCallBody Body)
{
    /// <summary>Whether it is one only at the beginning of an answer, and <see cref="Begin"/> is part of its inside.</summary>
    public bool OnlyAtStart { get; init; }
}
