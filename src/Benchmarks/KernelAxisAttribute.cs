namespace KernelFoundry.Benchmarks;

/// <summary>Extents of one of the kernel's axes; of an axis without one, the largest of its tests is taken.</summary>
/// <param name="name">The axis.</param>
/// <param name="extents">The extents.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class KernelAxisAttribute(string name, params int[] extents) : Attribute
{
    /// <summary>The axis.</summary>
    public string Name { get; } = name;

    /// <summary>The extents.</summary>
    public int[] Extents { get; } = extents;
}
