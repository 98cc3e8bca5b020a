namespace KernelFoundry;

/// <summary>
/// Makes an int parameter a constant chosen per device, such as a block size. It is no part of a launch and never changes a result beyond the
/// kernel's stated rounding. The reference device uses <see cref="Cpu"/>. With <see cref="CpuChoices"/> it is no constant on the CPU: the device
/// takes the choice that was fastest when the machine was tuned, and no choice changes a bit of the result.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ScheduleAttribute : Attribute
{
    /// <summary>The value on the CPU where nothing was tuned, and in the reference.</summary>
    public int Cpu { get; init; } = 1;

    /// <summary>The value on OpenCL devices.</summary>
    public int OpenCl { get; init; } = 1;

    /// <summary>The value on CUDA devices; that of <see cref="OpenCl"/> where it is not set.</summary>
    public int Cuda { get; init; }

    /// <summary>
    /// The value on CUDA devices that multiply matrices by instructions, from compute capability 8.0 on, in code that has such instructions; that of <see cref="Cuda"/>
    /// where it is not set.
    /// </summary>
    public int CudaMatrices { get; init; }

    /// <summary>
    /// The value on CUDA devices whose instructions multiply matrices by warpgroups, of compute capability 9.0, in code that has such instructions; that of <see cref="CudaMatrices"/>
    /// where it is not set.
    /// </summary>
    public int CudaWarpgroups { get; init; }

    /// <summary>The values a CPU may be tuned to, <see cref="Cpu"/> among them; null where it is a constant.</summary>
    public int[]? CpuChoices { get; init; }
}
