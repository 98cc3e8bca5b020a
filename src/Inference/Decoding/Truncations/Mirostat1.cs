using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Top-k whose k follows from how the probabilities of the most probable tokens fall off, so that surprise comes near a target on average (Basu
/// et al., "Mirostat", 2021, algorithm 1). It must be the only truncation.
/// </summary>
/// <param name="Target">The surprise to keep to, in bits; 3 is usual.</param>
/// <param name="Rate">How fast the bound moves; 0.1 is usual.</param>
/// <param name="Tokens">How many of the most probable tokens the fall-off is estimated from; 100 is usual.</param>
public sealed record Mirostat1(float Target, float Rate, int Tokens = 100) : TruncationStep
{
    /// <inheritdoc/>
    internal override int Method => Truncation.TopK;

    /// <inheritdoc/>
    internal override float Amount => 0;

    /// <summary>The number of tokens to keep.</summary>
    /// <param name="logProbabilities">Log-probabilities of the most probable tokens, the largest first.</param>
    /// <param name="bound">The bound on surprise so far, in bits.</param>
    /// <param name="vocabulary">Tokens there are.</param>
    internal static int Keep(ReadOnlySpan<float> logProbabilities, double bound, int vocabulary)
    {
        // Equation 30: the least-squares exponent of a Zipf law through neighbouring ratios.
        double products = 0, squares = 0;
        for (int i = 0; i + 1 < logProbabilities.Length && float.IsFinite(logProbabilities[i + 1]); i++)
        {
            double t = Math.Log((i + 2.0) / (i + 1));
            products += t * (logProbabilities[i] - logProbabilities[i + 1]);
            squares += t * t;
        }

        double s = squares > 0 ? products / squares : 1;
        double e = s - 1;

        // Equation 3; at s = 1 its limit.
        double tokens = Math.Abs(e) < 1e-6
            ? Math.Pow(2, bound) / Math.Log(Math.Max(vocabulary, 2))
            : Math.Pow(e * Math.Pow(2, bound) / (1 - Math.Pow(vocabulary, -e)), 1 / Math.Max(s, 1e-3));
        return double.IsNaN(tokens) ? 1 : (int)Math.Clamp(Math.Round(tokens), 1, vocabulary);
    }

    /// <inheritdoc/>
    internal override void Validate()
    {
        Require(Target > 0 && float.IsFinite(Target), nameof(Target), Target, "a finite number above 0");
        Require(Rate is > 0 and <= 1, nameof(Rate), Rate, "above 0 and at most 1");
        Require(Tokens is >= 2 and <= 1000, nameof(Tokens), Tokens, "from 2 to 1000");
    }
}
