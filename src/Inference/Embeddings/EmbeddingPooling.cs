namespace KernelFoundry.Inference.Embeddings;

/// <summary>
/// How the states of a text's tokens become one vector (Reimers and Gurevych, "Sentence-BERT", 2019, section 3). Several together are written one after the other, in the order of
/// their values, as sentence-transformers does.
/// </summary>
[Flags]
public enum EmbeddingPooling
{
    /// <summary>That of the first token.</summary>
    First = 1,

    /// <summary>The largest of each element.</summary>
    Max = 2,

    /// <summary>Their mean.</summary>
    Mean = 4,

    /// <summary>Their sum divided by the square root of their number: the mean's direction, at another length.</summary>
    MeanSqrtLength = 8,

    /// <summary>Their mean, in which the n-th token counts n times. Muennighoff, "SGPT", 2022, equation 2.</summary>
    WeightedMean = 16,

    /// <summary>That of the last token.</summary>
    Last = 32,
}
