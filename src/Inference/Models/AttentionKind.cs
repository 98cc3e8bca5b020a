namespace KernelFoundry.Inference.Models;

/// <summary>Which positions a position attends to, where no window cuts them.</summary>
public enum AttentionKind
{
    /// <summary>Itself and all before it: a decoder.</summary>
    Causal,

    /// <summary>All of its sequence: an encoder.</summary>
    Bidirectional,
}
