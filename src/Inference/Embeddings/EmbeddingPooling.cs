namespace KernelFoundry.Inference.Embeddings;

/// <summary>How the states of a text's tokens become one vector. Reimers and Gurevych, "Sentence-BERT", 2019, section 3.</summary>
public enum EmbeddingPooling
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>That of the first token.</summary>
    First,

    /// <summary>That of the last token.</summary>
    Last,
}
