namespace KernelFoundry.Cli.Output;

/// <summary>A continuation that a search found.</summary>
internal sealed record SearchResult(IReadOnlyList<int> Tokens, string Text, double LogProbability, double Score, string FinishReason);
