namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Favours continuations whose attention has covered all of a source (Wu et al., "Google's Neural Machine Translation System", 2016, equation 14):
/// weight times the sum over source tokens of log(min(attention summed over the continuation, 1)).
/// </summary>
/// <param name="Weight">The weight; 0 is off, 0.2 is usual.</param>
public readonly record struct CoveragePenalty(double Weight)
{
    private const double Least = 1e-6;

    /// <summary>What is added to a continuation's score; 0 or less.</summary>
    /// <param name="attention">For each source token, the attention it got, summed over the tokens of the continuation.</param>
    /// <returns>The addition.</returns>
    public double Score(ReadOnlySpan<float> attention)
    {
        double sum = 0;
        foreach (float each in attention)
            sum += Math.Log(Math.Clamp(each, Least, 1));
        return Weight * sum;
    }
}
