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

    /// <summary>
    /// Whether Exp may be the device's own instruction for powers of two, of x times the logarithm: on CUDA <c>ex2.approx.ftz.f32</c>, off by at most 2^-22 of the result and by 2^-24 of x
    /// for the product, with results below 2^-126 being 0. The kernel's tolerance must bear it.
    /// </summary>
    public bool ApproximateExp { get; init; }
}
