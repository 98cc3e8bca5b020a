namespace KernelFoundry.Kernels.Tests;

/// <summary>The classes that declare the library's kernels.</summary>
internal static class KernelClasses
{
    public static IReadOnlyList<Type> All { get; } =
    [
        typeof(Activation), typeof(Attention), typeof(Elementwise), typeof(Embedding), typeof(Linear), typeof(Loss), typeof(Mixtures),
        typeof(Normalization), typeof(Optimization), typeof(Positions), typeof(Probabilities), typeof(Quantization), typeof(Reduction), typeof(Sampling),
    ];

    public static IEnumerable<string> KernelsOf(Type kernelClass)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.RunModuleConstructor(kernelClass.Module.ModuleHandle);
        return KernelRegistry.Definitions
            .Where(kernel => kernel.ClassName == kernelClass.FullName)
            .Select(kernel => kernel.Name[(kernel.ClassName.Length + 1)..]);
    }
}
