namespace KernelFoundry.Inference.Models;

/// <summary>What a step of <see cref="Transformer.ForwardBatch"/> does for one sequence.</summary>
/// <param name="Cache">The sequence so far; takes the tokens' keys and values.</param>
/// <param name="Tokens">Its next tokens; at least one.</param>
/// <param name="WantsLogits">Whether the logits after the last of them are wanted.</param>
public readonly record struct BatchSequence(KvCache Cache, ReadOnlyMemory<int> Tokens, bool WantsLogits = true);
