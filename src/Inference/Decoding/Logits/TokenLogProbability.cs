namespace KernelFoundry.Inference.Decoding;

/// <summary>A token and the logarithm of its probability.</summary>
/// <param name="Token">The token.</param>
/// <param name="LogProbability">The logarithm, in nats.</param>
public readonly record struct TokenLogProbability(int Token, float LogProbability);
