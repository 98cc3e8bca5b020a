namespace KernelFoundry.Kernels;

/// <summary>From tokens to vectors.</summary>
public static partial class Embedding;
