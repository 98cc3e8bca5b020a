namespace KernelFoundry.Kernels;

/// <summary>Mixtures of experts. Shazeer et al., "Outrageously Large Neural Networks", 2017.</summary>
public static partial class Mixtures;
