namespace KernelFoundry.Inference.Decoding;

/// <summary>What a model thought of a token, before any processor or truncation.</summary>
/// <param name="Token">The token.</param>
/// <param name="LogProbability">Logarithm of its probability, in nats.</param>
/// <param name="Rank">How many tokens were more probable.</param>
/// <param name="Entropy">Entropy of the model's distribution, in nats.</param>
/// <param name="LargestLogit">The largest logit.</param>
public readonly record struct TokenMeasures(int Token, float LogProbability, int Rank, float Entropy, float LargestLogit);
