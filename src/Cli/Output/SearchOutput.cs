namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf generate --json</c> prints of a search: its results, best first.</summary>
internal sealed record SearchOutput(IReadOnlyList<int> PromptTokens, IReadOnlyList<SearchResult> Results);
