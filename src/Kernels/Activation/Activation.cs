namespace KernelFoundry.Kernels;

/// <summary>Activations of feed-forward layers.</summary>
public static partial class Activation;
