namespace KernelFoundry;

/// <summary>
/// Marks a static method of a static partial class as a kernel: one call is one program instance, and the compiler adds an overload whose
/// first parameter is a <see cref="Device"/> that launches the whole grid.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KernelAttribute : Attribute
{
    /// <summary>Work-items that share one program on thread devices. Has no meaning on the CPU.</summary>
    public int WorkGroup { get; init; } = 64;

    /// <summary>Threads that share one program on CUDA, 1 to 1024; as many as <see cref="WorkGroup"/> says where it is left out. Whole warps of 32 run fastest by far.</summary>
    public int CudaWorkGroup { get; init; }
}
