namespace KernelFoundry.Inference.Models;

/// <summary>Projections to which an architecture adds a bias. A file that has others too is taken at its word.</summary>
[Flags]
public enum ProjectionBiases
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Queries, keys and values.</summary>
    QueryKeyValue = 1,

    /// <summary>The outputs of attention.</summary>
    AttentionOutput = 2,

    /// <summary>Both projections of the feed-forward layer.</summary>
    FeedForward = 4,

    /// <summary>Those of every layer.</summary>
    Layers = QueryKeyValue | AttentionOutput | FeedForward,

    /// <summary>The logits.</summary>
    Logits = 8,
}
