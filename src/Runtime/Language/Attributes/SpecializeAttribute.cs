namespace KernelFoundry;

/// <summary>Makes an int parameter a compile-time constant for each listed value. A launch with any other value runs the generic version.</summary>
/// <param name="values">The values to compile for.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class SpecializeAttribute(params int[] values) : Attribute
{
    /// <summary>The values to compile for.</summary>
    public IReadOnlyList<int> Values { get; } = values;

    /// <summary>
    /// Whether CPU code is specialized too. Set false where its loops take the value as it comes and constants would only make more code: as an
    /// extent of matrix products, for one.
    /// </summary>
    public bool Cpu { get; init; } = true;
}
