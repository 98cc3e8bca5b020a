namespace KernelFoundry;

/// <summary>The largest relative error (norm of the difference over norm of the reference) a kernel may have for one element type.</summary>
/// <param name="element">The element type of the kernel's first type parameter, or float for a kernel without one.</param>
/// <param name="relative">The bound. A cosine similarity of at least 1 minus it is implied.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ToleranceAttribute(Type element, double relative) : Attribute
{
    /// <summary>The element type.</summary>
    public Type Element { get; } = element;

    /// <summary>The bound.</summary>
    public double Relative { get; } = relative;
}
