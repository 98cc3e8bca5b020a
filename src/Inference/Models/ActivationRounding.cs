namespace KernelFoundry.Inference.Models;

/// <summary>What activations are before they meet quantized weights.</summary>
public enum ActivationRounding
{
    /// <summary>
    /// Rounded to 8 bits in groups of the weights' blocks on devices that multiply bytes faster than floats (<see cref="DeviceKind.Cpu"/>, <see cref="DeviceKind.Cuda"/>):
    /// the kernels MatVecInt8 and MatMulInt8, for which
    /// the weights are packed into <see cref="Panels{T}"/> once (those that are floats are copied), instead of being used where they lie in the mapped file. Logits move by about as much as quantizing weights to 8 bits moves them.
    /// </summary>
    Int8,

    /// <summary>Floats, as they are.</summary>
    None,
}
