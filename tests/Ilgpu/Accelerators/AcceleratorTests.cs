using KernelFoundry.Testing;

namespace KernelFoundry.Ilgpu.Tests;

/// <summary>
/// Softmax and a quantized product on every accelerator ILGPU finds. Compiled only with -p:KernelFoundryIlgpu=true.
/// </summary>
public sealed class AcceleratorTests
{
    public static TheoryData<string> Names => [.. IlgpuDevice.Accelerators().Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Softmax(string name) => Run(name, typeof(Kernels.Probabilities), "Softmax", ["float"], new() { ["rows"] = 3, ["cols"] = 129 });

    [Theory]
    [MemberData(nameof(Names))]
    public void MatVec(string name) => Run(
        name, typeof(Kernels.Linear), "MatVec", ["Q4_0", typeof(Kernels.NoEpilogue).FullName!], new() { ["tokens"] = 2, ["rows"] = 33, ["cols"] = 64 });

    private static void Run(string name, Type kernelClass, string kernel, string[] types, Dictionary<string, int> axes)
    {
        using IlgpuDevice device = IlgpuDevice.Open(name);
        KernelRunner.Run(KernelCases.Create(kernelClass, kernel, TestTarget.For(device), types, axes));
    }
}
