namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf logits --json</c> prints: the logits after each token.</summary>
internal sealed record LogitsOutput(
    IReadOnlyList<int> Tokens, int VocabularySize, string Device, IReadOnlyList<IReadOnlyList<float>> Logits);
