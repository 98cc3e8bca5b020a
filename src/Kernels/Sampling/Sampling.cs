namespace KernelFoundry.Kernels;

/// <summary>From logits to a token.</summary>
public static partial class Sampling;
