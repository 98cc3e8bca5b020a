namespace KernelFoundry.Kernels;

/// <summary>From gradients to weights.</summary>
public static partial class Optimization;
