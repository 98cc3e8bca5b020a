namespace KernelFoundry.Inference.Decoding;

/// <summary>What a drafter is asked to continue.</summary>
/// <param name="Tokens">The prompt and what was generated; the last is the root of the tree.</param>
/// <param name="PromptLength">Tokens of the prompt.</param>
/// <param name="Kind">How children have to be drawn.</param>
/// <param name="Seed">Seed of the target's draws.</param>
/// <param name="StopTokens">Tokens that nothing comes after.</param>
public readonly record struct DraftRequest(ReadOnlyMemory<int> Tokens, int PromptLength, DraftKind Kind, uint Seed, IReadOnlyList<int> StopTokens)
{
    /// <summary>Number of the target's draw that follows the root.</summary>
    public int Step => Tokens.Length - PromptLength;
}
