namespace KernelFoundry.Inference.Decoding;

/// <summary>A beam with one more token.</summary>
/// <param name="Beam">Index of the beam.</param>
/// <param name="Token">The token.</param>
/// <param name="LogProbability">Logarithm of the probability of the whole continuation.</param>
/// <param name="Key">What candidates are ranked by; larger is better.</param>
internal readonly record struct Candidate(int Beam, int Token, double LogProbability, double Key);
