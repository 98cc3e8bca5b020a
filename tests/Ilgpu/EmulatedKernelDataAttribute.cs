using System.Reflection;
using KernelFoundry.Testing;
using Xunit.Sdk;
using Xunit.v3;

namespace KernelFoundry.Ilgpu.Tests;

/// <summary>The tests of a class's kernels on the group emulator alone; the other targets are tested with the kernels.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EmulatedKernelDataAttribute(Type kernelClass) : DataAttribute
{
    public Type KernelClass { get; } = kernelClass;

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) => new(
        [.. Kernels.SelectMany(kernel => KernelCases.Enumerate(KernelClass, kernel)).Where(test => test.Target.Name == "Group emulator")
            .Select(test => new TheoryDataRow<KernelTest>(test))]);

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => false;

    private IEnumerable<string> Kernels
    {
        get
        {
            System.Runtime.CompilerServices.RuntimeHelpers.RunModuleConstructor(KernelClass.Module.ModuleHandle);
            return KernelRegistry.Definitions.Where(kernel => kernel.ClassName == KernelClass.FullName)
                .Select(kernel => kernel.Name[(kernel.ClassName.Length + 1)..]);
        }
    }
}
