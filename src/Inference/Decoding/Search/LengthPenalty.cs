namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Divides a continuation's log-probability by a function of its length. A probability is a product, so without it the short ones win.
/// </summary>
/// <param name="Exponent">0 divides by 1.</param>
/// <param name="IsGnmt">
/// Divides by ((5 + length) / 6)^exponent (Wu et al., "Google's Neural Machine Translation System", 2016, equation 14); otherwise by
/// length^exponent.
/// </param>
public readonly record struct LengthPenalty(double Exponent, bool IsGnmt = false)
{
    /// <summary>Log-probabilities as they are.</summary>
    public static LengthPenalty None => default;

    /// <summary>The score.</summary>
    /// <param name="logProbability">Logarithm of the probability.</param>
    /// <param name="length">Tokens, the stop token counted.</param>
    /// <returns>The log-probability divided by the penalty.</returns>
    public double Score(double logProbability, int length) =>
        logProbability / Math.Pow(IsGnmt ? (5 + length) / 6.0 : Math.Max(length, 1), Exponent);
}
