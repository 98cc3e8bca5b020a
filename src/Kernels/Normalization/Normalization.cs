namespace KernelFoundry.Kernels;

/// <summary>Normalization of activations, row by row.</summary>
public static partial class Normalization;
