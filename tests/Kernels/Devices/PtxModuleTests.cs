using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Kernels.Tests;

/// <summary>Every PTX module that the library ships, those of variants that no case launches too.</summary>
public class PtxModuleTests
{
    public static TheoryData<string> Kernels() =>
        [.. KernelClasses.All.SelectMany(kernelClass => KernelClasses.KernelsOf(kernelClass).Select(kernel => $"{kernelClass.FullName}.{kernel}"))];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Modules_keep_the_rules_of_PTX(string kernel)
    {
        KernelDefinition definition = KernelRegistry.Definitions.First(each => each.Name == kernel);
        CudaCode[] modules = [.. definition.Variants.SelectMany(variant => variant.Cuda)];
        Assert.Equal(definition.Variants.Count, definition.Variants.Count(variant => variant.Cuda.Any(code => code.Target == 70)));
        Assert.All(modules, EmulatedCuda.Check);
    }
}
