namespace KernelFoundry;

/// <summary>The interval a scalar, or the elements of a view, are drawn from in the kernel's tests.</summary>
/// <param name="low">Lowest value.</param>
/// <param name="high">Highest value; exclusive for integers.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class RangeAttribute(double low, double high) : Attribute
{
    /// <summary>Lowest value.</summary>
    public double Low { get; } = low;

    /// <summary>Highest value; exclusive for integers.</summary>
    public double High { get; } = high;
}
