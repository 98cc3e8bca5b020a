namespace KernelFoundry.Cli.Commands;

/// <summary>A prompt of a file.</summary>
/// <param name="Line">Where, from 1.</param>
/// <param name="Prompt">The text.</param>
/// <param name="MaxTokens">Most tokens to generate; null for what the command line says.</param>
internal sealed record PromptLine(int Line, string Prompt, int? MaxTokens = null);
