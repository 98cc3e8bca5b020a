namespace KernelFoundry.Kernels;

/// <summary>Quantization of activations.</summary>
public static partial class Quantization
{
    /// <summary>Activations that share a scale.</summary>
    public const int GroupSize = 32;
}
