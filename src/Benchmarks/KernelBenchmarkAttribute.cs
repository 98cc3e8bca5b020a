namespace KernelFoundry.Benchmarks;

/// <summary>Names the kernel a <see cref="KernelBenchmark"/> measures.</summary>
/// <param name="kernelClass">The class that declares the kernel.</param>
/// <param name="kernel">Its name.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KernelBenchmarkAttribute(Type kernelClass, string kernel) : Attribute
{
    /// <summary>The class that declares the kernel.</summary>
    public Type KernelClass { get; } = kernelClass;

    /// <summary>The kernel's name.</summary>
    public string Kernel { get; } = kernel;

    /// <summary>Kinds of devices to run on.</summary>
    public DeviceKind[] Devices { get; init; } = [DeviceKind.Cpu];

    /// <summary>Numbers of threads of the Cpu device; 0 for one a processor.</summary>
    public int[] Threads { get; init; } = [0];
}
