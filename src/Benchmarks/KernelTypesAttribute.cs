namespace KernelFoundry.Benchmarks;

/// <summary>
/// Type arguments to run the kernel for, as many of them as matter; without one it is the first the kernel is compiled for. Functors must
/// have no fields.
/// </summary>
/// <param name="types">Element types and functors.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class KernelTypesAttribute(params Type[] types) : Attribute
{
    /// <summary>Element types and functors.</summary>
    public Type[] Types { get; } = types;
}
