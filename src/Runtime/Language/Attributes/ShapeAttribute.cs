namespace KernelFoundry;

/// <summary>The extents of a view in the kernel's test record, one entry an axis: the name of an <see cref="AxisAttribute"/> or an int.</summary>
/// <param name="extents">Axis names or ints.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ShapeAttribute(params object[] extents) : Attribute
{
    /// <summary>Axis names (string) or fixed extents (int).</summary>
    public IReadOnlyList<object> Extents { get; } = extents;
}
