namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf tokenize --json</c> prints: ids, and each id's text in the vocabulary.</summary>
internal sealed record TokenizeOutput(IReadOnlyList<int> Tokens, IReadOnlyList<string> Pieces);
