namespace KernelFoundry;

/// <summary>
/// Makes an int parameter a constant chosen per device, such as a block size. It is no part of a launch and never changes a result beyond the
/// kernel's stated rounding. The reference device uses <see cref="Cpu"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ScheduleAttribute : Attribute
{
    /// <summary>The value on the CPU and in the reference.</summary>
    public int Cpu { get; init; } = 1;

    /// <summary>The value on OpenCL devices.</summary>
    public int OpenCl { get; init; } = 1;
}
