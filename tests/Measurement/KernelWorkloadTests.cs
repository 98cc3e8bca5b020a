using System.Runtime.CompilerServices;
using KernelFoundry.Kernels;
using KernelFoundry.Testing;

namespace KernelFoundry.Measurement.Tests;

public sealed class KernelWorkloadTests
{
    // Kernels register from the module initializer, which runs when something of the assembly is used.
    static KernelWorkloadTests() => RuntimeHelpers.RunModuleConstructor(typeof(Normalization).Module.ModuleHandle);

    public static TheoryData<string> Kernels() => [.. KernelRegistry.Definitions.Where(HasTypesWithoutFields).Select(kernel => kernel.Name)];

    public static TheoryData<string> KernelsOfFields() => [.. KernelRegistry.Definitions.Where(kernel => !HasTypesWithoutFields(kernel)).Select(kernel => kernel.Name)];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void EveryKernelsRecordIsEnoughToMeasureIt(string name)
    {
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 2 });
        WorkloadShape shape = WorkloadShape.Create(KernelRegistry.Definitions.Single(kernel => kernel.Name == name));
        using var workload = new KernelWorkload(shape, device);
        Assert.True(workload.Bytes > 0);
        Assert.True(workload.Time(TimeSpan.Zero) > 0);
    }

    // What a functor's fields should be, a record does not say.
    [Theory]
    [MemberData(nameof(KernelsOfFields))]
    public void KernelsThatNeedFunctorsWithFieldsAreRefused(string name) => Assert.Contains(
        "functors that have fields",
        Assert.Throws<ArgumentException>(() => WorkloadShape.Create(KernelRegistry.Definitions.Single(kernel => kernel.Name == name))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void WhatIsSaidIsTakenAndTheRestIsTheRecords()
    {
        KernelDefinition kernel = KernelCases.Find(typeof(Linear), nameof(Linear.MatVec));
        WorkloadShape shape = WorkloadShape.Create(kernel, new Dictionary<string, int> { ["rows"] = 5 }, ["noepilogue", "q8_0"]);
        Assert.Equal("Q8_0, NoEpilogue", shape.Types);
        Assert.Equal("tokens=2 rows=5 cols=4096", shape.Extents);
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 1 });
        using var workload = new KernelWorkload(shape, device);
        Assert.Equal((5 * 4096 / 32 * 34) + (2 * 4096 * 4) + (2 * 5 * 4), workload.Bytes);
    }

    // A launch that computed nothing would take no longer for more rows.
    [Fact]
    public void LaunchesTheKernel()
    {
        using var log = new StringWriter();
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 1, LaunchLog = log });
        var axes = new Dictionary<string, int> { ["rows"] = 3, ["cols"] = 64 };
        using var workload = new KernelWorkload(WorkloadShape.Create(KernelCases.Find(typeof(Probabilities), "Softmax"), axes), device);
        workload.Time(TimeSpan.Zero);
        string[] launches = log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(launches);
        Assert.All(launches, launch => Assert.Contains("Softmax", launch, StringComparison.Ordinal));
        Assert.All(launches, launch => Assert.Contains("[3, 64]", launch, StringComparison.Ordinal));
    }

    [Fact]
    public void TheReferenceDeviceHasNoCode()
    {
        WorkloadShape shape = WorkloadShape.Create(KernelCases.Find(typeof(Roof), nameof(Roof.Read)));
        Assert.Throws<ArgumentException>(() => new KernelWorkload(shape, Device.Reference));
    }

    private static bool HasTypesWithoutFields(KernelDefinition kernel) => kernel.Variants.Any(variant =>
        !kernel.TypeParameters.Zip(variant.TypeKey.Split(',')).Any(pair => pair.First.IsFunctor && FunctorRegistry.HasFields(pair.Second)));
}
