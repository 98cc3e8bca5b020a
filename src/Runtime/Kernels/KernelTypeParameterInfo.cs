namespace KernelFoundry;

/// <summary>One type parameter of a kernel.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Interface">The functor interface's full name; empty for an element type.</param>
/// <param name="TypeArguments">What the kernel's own project compiles it for: element names, or full names of functors.</param>
public sealed record KernelTypeParameterInfo(string Name, string Interface, IReadOnlyList<string> TypeArguments)
{
    /// <summary>Whether it is a functor.</summary>
    public bool IsFunctor => Interface.Length > 0;
}
