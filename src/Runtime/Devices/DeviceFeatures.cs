namespace KernelFoundry;

/// <summary>What a device may have beyond what every kernel needs. Where it lacks something, kernels take the plain path, with the same results but for what kernels say they round.</summary>
[Flags]
public enum DeviceFeatures
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Host and device have one memory: buffers are not copied.</summary>
    HostMemory = 1,

    /// <summary>Work-items that run together exchange values without local memory.</summary>
    SubGroups = 2,

    /// <summary>Arithmetic in half precision that keeps subnormal numbers and rounds to nearest: it gives the bits of floats where it is used.</summary>
    HalfPrecision = 4,

    /// <summary>Four products of bytes and their sum in one instruction.</summary>
    IntegerDot = 8,

    /// <summary>
    /// Instructions that multiply matrices of 16-bit elements. Kernels that say so (<see cref="RoundedProductsAttribute"/>) round the other operand to them: without the
    /// feature they multiply floats, which is slower and more exact.
    /// </summary>
    MatrixInstructions = 16,
}
