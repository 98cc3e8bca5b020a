namespace KernelFoundry.Inference.Quantization;

/// <summary>What a weight matrix is for, as far as recipes tell weights apart.</summary>
public enum TensorRole
{
    /// <summary>Any matrix that no other role names.</summary>
    Other,

    /// <summary>The token embedding of a model whose output has a matrix of its own.</summary>
    TokenEmbedding,

    /// <summary>The matrix that gives the logits: the output's, or the token embedding where the two are one.</summary>
    Output,

    /// <summary>Attention values.</summary>
    AttentionValue,

    /// <summary>Attention queries, keys and values in one.</summary>
    AttentionFused,

    /// <summary>What attention's result goes through.</summary>
    AttentionOutput,

    /// <summary>The last matrix of a feed-forward block, experts' too.</summary>
    FeedForwardDown,
}
