namespace KernelFoundry;

/// <summary>Narrows which functors of the kernel's own project a type parameter is compiled for. Other projects' functors are unaffected.</summary>
/// <param name="types">The functor structs.</param>
[AttributeUsage(AttributeTargets.GenericParameter)]
public sealed class FunctorsAttribute(params Type[] types) : Attribute
{
    /// <summary>The functor structs, in the order given.</summary>
    public IReadOnlyList<Type> Types { get; } = types;
}
