namespace KernelFoundry;

/// <summary>An axis of a kernel's test record and the extents it is tested with.</summary>
/// <param name="name">The axis name used by <see cref="ShapeAttribute"/> and <see cref="ValueAttribute"/>.</param>
/// <param name="extents">Extents to test.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class AxisAttribute(string name, params int[] extents) : Attribute
{
    /// <summary>The axis name.</summary>
    public string Name { get; } = name;

    /// <summary>Extents to test.</summary>
    public IReadOnlyList<int> Extents { get; } = extents;
}
