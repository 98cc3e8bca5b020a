namespace KernelFoundry;

/// <summary>What a kernel parameter is.</summary>
public enum KernelParameterKind
{
    /// <summary>Typed device memory of one to four axes.</summary>
    View,

    /// <summary>A number given at launch.</summary>
    Scalar,

    /// <summary>An int given at launch that some values are compiled for.</summary>
    Specialized,

    /// <summary>A constant per device, or a value a CPU is tuned to; no part of a launch.</summary>
    Schedule,

    /// <summary>A struct whose methods are inlined into the kernel.</summary>
    Functor,
}
