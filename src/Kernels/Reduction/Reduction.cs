namespace KernelFoundry.Kernels;

/// <summary>Sums over whole axes.</summary>
public static partial class Reduction;
