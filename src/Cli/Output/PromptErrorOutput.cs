namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf generate --prompts --json</c> prints of a prompt that failed.</summary>
internal sealed record PromptErrorOutput(int Line, string Error);
