namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf perplexity --json</c> prints.</summary>
internal sealed record PerplexityOutput(
    string Device,
    double Perplexity,
    double PerplexityError,
    double NegativeLogLikelihood,
    double NegativeLogLikelihoodError,
    int ScoredTokens,
    int Chunks,
    int Context,
    double TokensPerSecond);
