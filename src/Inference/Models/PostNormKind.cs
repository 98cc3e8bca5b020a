namespace KernelFoundry.Inference.Models;

/// <summary>What is normalized after attention and after the feed-forward layer.</summary>
public enum PostNormKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>What they give, before it is added to the residual stream. Gemma 2, 2024, section 2; OLMo 2, 2024, section 3.1.</summary>
    Branch,

    /// <summary>The residual stream after they were added, as in Vaswani et al., 2017, section 3.1.</summary>
    Residual,
}
