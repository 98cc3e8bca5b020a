namespace KernelFoundry.Kernels;

/// <summary>Element by element, without fusing into anything.</summary>
public static partial class Elementwise;
