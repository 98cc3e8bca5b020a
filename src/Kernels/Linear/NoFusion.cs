namespace KernelFoundry.Kernels;

/// <summary>Nothing but the product.</summary>
public readonly struct NoFusion : ILinearFusion<NoFusion>, ILinearFusionReference;
