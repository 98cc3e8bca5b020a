namespace KernelFoundry.Inference.Decoding;

/// <summary>A continuation that a search found.</summary>
/// <param name="Tokens">Its tokens, without the one that ended it.</param>
/// <param name="LogProbability">Logarithm of its probability, the end included.</param>
/// <param name="Score">What the search ranks it by; larger is better.</param>
/// <param name="IsFinished">Whether a stop token ended it; otherwise it is as long as it may be.</param>
public sealed record Hypothesis(IReadOnlyList<int> Tokens, double LogProbability, double Score, bool IsFinished);
