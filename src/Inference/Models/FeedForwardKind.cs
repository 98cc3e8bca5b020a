namespace KernelFoundry.Inference.Models;

/// <summary>
/// The feed-forward layer: gated, down(activation(gate(x)) * up(x)) (Shazeer, "GLU Variants Improve Transformer", 2020), or not,
/// down(activation(up(x))) (Vaswani et al., 2017, section 3.3).
/// </summary>
public enum FeedForwardKind
{
    /// <summary>Gated by SiLU.</summary>
    SwiGlu,

    /// <summary>Gated by GELU in its tanh form.</summary>
    GeGlu,

    /// <summary>GELU, without a gate.</summary>
    Gelu,

    /// <summary>GELU in its tanh form, without a gate.</summary>
    GeluTanh,
}
