using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>A token that was chosen, and what its distribution was like.</summary>
/// <param name="Token">The token; -1 where none is left.</param>
/// <param name="LogProbability">Logarithm of the probability it was drawn with, after processors and truncations; 0 in greedy decoding, where it is certain.</param>
/// <param name="Summary">The distribution it was drawn from.</param>
/// <param name="IsBroken">Whether logits were not finite that nothing had banned.</param>
/// <param name="IsComplete">Whether none is left because the text is complete: <see cref="LogitsContext.Complete"/>.</param>
public readonly record struct SampledToken(int Token, float LogProbability, DrawSummary Summary, bool IsBroken, bool IsComplete = false);
