namespace KernelFoundry.Inference.Decoding;

/// <summary>How texts that were drawn are ranked.</summary>
public enum PathRanking
{
    /// <summary>By their probability: <see cref="Reranking.ByProbability"/>.</summary>
    Probability,

    /// <summary>By minimum Bayes risk: <see cref="Reranking.ByMinimumBayesRisk"/>.</summary>
    Mbr,
}
