using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace KernelFoundry.Testing;

/// <summary>
/// The tests of a kernel as rows of a theory:
/// <code>
/// [Theory]
/// [KernelData(typeof(Normalization), nameof(Normalization.RmsNorm))]
/// public void RmsNorm(KernelTest test) => KernelRunner.Run(test);
/// </code>
/// </summary>
/// <param name="kernelClass">The class that declares the kernel.</param>
/// <param name="kernel">Its name.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class KernelDataAttribute(Type kernelClass, string kernel) : DataAttribute
{
    /// <summary>The class that declares the kernel.</summary>
    public Type KernelClass { get; } = kernelClass;

    /// <summary>The kernel's name.</summary>
    public string Kernel { get; } = kernel;

    /// <summary>
    /// A functor or element type that must be among the type arguments: one's own, of a kernel of a library. Null for any.
    /// </summary>
    public Type? TypeArgument { get; init; }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) => new(
        [.. KernelCases.Enumerate(KernelClass, Kernel, TypeArgument).Select(test => new TheoryDataRow<KernelTest>(test))]);

    /// <summary>Rows are made when tests run: they depend on the devices there are.</summary>
    /// <returns>False.</returns>
    public override bool SupportsDiscoveryEnumeration() => false;
}
