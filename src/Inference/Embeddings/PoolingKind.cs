namespace KernelFoundry.Inference.Embeddings;

/// <summary>How the hidden states of a text's tokens become one vector; the numbers are those of <c>pooling_type</c> in GGUF.</summary>
public enum PoolingKind
{
    /// <summary>Their mean.</summary>
    Mean = 1,

    /// <summary>That of the first token, which encoders are trained to sum a text up in.</summary>
    First = 2,

    /// <summary>That of the last token, the only one that has seen the whole text where attention is causal.</summary>
    Last = 3,
}
