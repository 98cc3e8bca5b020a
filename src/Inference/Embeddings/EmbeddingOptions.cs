namespace KernelFoundry.Inference.Embeddings;

/// <summary>How texts become vectors.</summary>
public sealed record EmbeddingOptions
{
    /// <summary>How states become one vector; null for what the model's file says, or the last token's state where it is silent.</summary>
    public PoolingKind? Pooling { get; init; }

    /// <summary>Whether vectors have length 1, so that their dot product is the cosine.</summary>
    public bool Normalizes { get; init; } = true;

    /// <summary>
    /// Elements to keep, for models trained so that the first ones are an embedding by themselves (Kusupati et al., "Matryoshka Representation Learning", 2022); null
    /// for all.
    /// </summary>
    public int? Dimensions { get; init; }
}
