namespace KernelFoundry;

/// <summary>The kinds of devices.</summary>
public enum DeviceKind
{
    /// <summary>Runs kernel methods as plain C#: slow, and the definition of every result.</summary>
    Reference,

    /// <summary>Runs generated SIMD C# on worker threads.</summary>
    Cpu,

    /// <summary>Runs generated OpenCL C through the system's OpenCL driver.</summary>
    OpenCl,

    /// <summary>Runs generated PTX through NVIDIA's driver.</summary>
    Cuda,

    /// <summary>Runs generated C# that ILGPU compiles for its accelerators: the package KernelFoundry.Ilgpu.</summary>
    Ilgpu,
}
