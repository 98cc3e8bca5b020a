namespace KernelFoundry.Inference.Models;

/// <summary>How queries and keys are normalized before they are turned. Henry et al., "Query-Key Normalization for Transformers", 2020.</summary>
public enum QueryKeyNormKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Each head by itself, with one weight an element of a head. Qwen3, 2025; Gemma 3, 2025.</summary>
    Head,

    /// <summary>All heads of a token together, with one weight an element of all. OLMo 2, 2024, section 3.1.</summary>
    Projection,
}
