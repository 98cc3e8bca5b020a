namespace KernelFoundry.Inference.Evaluation;

/// <summary>How well a model predicts a text.</summary>
/// <param name="NegativeLogLikelihood">Mean of -log p of the tokens scored, natural logarithm.</param>
/// <param name="NegativeLogLikelihoodError">Its standard error.</param>
/// <param name="Perplexity">The exponential of the mean.</param>
/// <param name="PerplexityError">Its standard error, to first order.</param>
/// <param name="ScoredTokens">Tokens scored.</param>
/// <param name="Chunks">Chunks the text was cut into.</param>
/// <param name="Context">Tokens of a chunk.</param>
/// <param name="Time">What it took.</param>
public sealed record PerplexityResult(
    double NegativeLogLikelihood,
    double NegativeLogLikelihoodError,
    double Perplexity,
    double PerplexityError,
    int ScoredTokens,
    int Chunks,
    int Context,
    TimeSpan Time)
{
    /// <summary>Tokens that went through the model a second.</summary>
    public double TokensPerSecond => Chunks * Context / Time.TotalSeconds;
}
