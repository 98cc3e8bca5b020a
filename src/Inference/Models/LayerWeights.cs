namespace KernelFoundry.Inference.Models;

/// <summary>The weights of one layer; <see cref="TensorNames"/> has their shapes.</summary>
internal sealed record LayerWeights
{
    /// <summary>Norm before attention.</summary>
    public NormWeights? AttentionNorm { get; init; }

    /// <summary>Queries, keys and values; null where attention is latent.</summary>
    public Projection? Attention { get; init; }

    /// <summary>Null where attention is not.</summary>
    public LatentWeights? Latent { get; init; }

    /// <summary>[(heads + 2 kvHeads) * headDim]; empty for none.</summary>
    public View1<float> AttentionBias { get; init; }

    public NormWeights? QueryNorm { get; init; }

    public NormWeights? KeyNorm { get; init; }

    public required LayerAttention Scores { get; init; }

    public required ResidualBranch AttentionOutput { get; init; }

    /// <summary>Norm before the feed-forward layer; null where it reads what attention reads, or the residual stream.</summary>
    public NormWeights? FeedForwardNorm { get; init; }

    /// <summary>Null where there is a mixture of experts.</summary>
    public FeedForwardWeights? FeedForward { get; init; }

    /// <summary>Null where there is a feed-forward layer.</summary>
    public ExpertWeights? Experts { get; init; }
}
