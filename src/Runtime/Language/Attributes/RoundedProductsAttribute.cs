namespace KernelFoundry;

/// <summary>
/// Lets devices whose instructions multiply matrices of 16-bit elements round the other operand of a product, where it is of floats, to the element type of a tile that
/// a view of it holds. Products are exact then, and sums in float. Without it nothing is rounded, and such products run in floats.
/// <see cref="DeviceOptions.Without"/> <see cref="DeviceFeatures.MatrixInstructions"/> keeps a device from it.
/// </summary>
/// <param name="element">Half or BFloat16.</param>
/// <param name="relative">The largest relative error the kernel may have on such devices, in place of <see cref="ToleranceAttribute"/>'s.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class RoundedProductsAttribute(Type element, double relative) : Attribute
{
    /// <summary>The element type.</summary>
    public Type Element { get; } = element;

    /// <summary>The bound.</summary>
    public double Relative { get; } = relative;
}
