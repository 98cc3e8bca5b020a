namespace KernelFoundry.Inference.Models;

/// <summary>Which earlier positions a position attends to.</summary>
public enum AttentionKind
{
    /// <summary>Itself and all before it.</summary>
    Causal,

    /// <summary>Itself and as many before it as the model's window allows. Beltagy et al., "Longformer", 2020.</summary>
    SlidingWindow,
}
