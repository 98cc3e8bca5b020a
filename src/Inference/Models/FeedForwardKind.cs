namespace KernelFoundry.Inference.Models;

/// <summary>The gated feed-forward layer: down(activation(gate(x)) * up(x)). Shazeer, "GLU Variants Improve Transformer", 2020.</summary>
public enum FeedForwardKind
{
    /// <summary>The gate's activation is SiLU.</summary>
    SwiGlu,

    /// <summary>The gate's activation is GELU in its tanh form.</summary>
    GeGlu,
}
