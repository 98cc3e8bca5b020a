namespace KernelFoundry;

/// <summary>The value of a scalar in the kernel's test record: a constant, or the extent of a named axis.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ValueAttribute : Attribute
{
    /// <summary>The scalar is a constant.</summary>
    /// <param name="value">Its value.</param>
    public ValueAttribute(float value) => Value = value;

    /// <summary>The scalar is a constant.</summary>
    /// <param name="value">Its value.</param>
    public ValueAttribute(int value) => Value = value;

    /// <summary>The scalar is a constant.</summary>
    /// <param name="value">Its value.</param>
    public ValueAttribute(bool value) => Value = value;

    /// <summary>The scalar is the extent of an axis.</summary>
    /// <param name="axis">The name of an <see cref="AxisAttribute"/>.</param>
    public ValueAttribute(string axis) => Value = axis;

    /// <summary>A float, int or bool constant, or the name of an axis.</summary>
    public object Value { get; }
}
