namespace KernelFoundry;

/// <summary>The element types a kernel's type parameter is compiled for: float, Half, BFloat16, int, sbyte, byte or quantization formats.</summary>
/// <param name="types">The element types.</param>
[AttributeUsage(AttributeTargets.GenericParameter)]
public sealed class ElementsAttribute(params Type[] types) : Attribute
{
    /// <summary>The element types, in the order given.</summary>
    public IReadOnlyList<Type> Types { get; } = types;
}
