using System.Reflection;
using System.Runtime.CompilerServices;
using KernelFoundry.Measurement;

namespace KernelFoundry.Benchmarks;

/// <summary>The cases a benchmark class asks for with its attributes.</summary>
internal static class KernelBenchmarkCases
{
    public static IEnumerable<KernelBenchmarkCase> Of(Type benchmark)
    {
        var named = benchmark.GetCustomAttribute<KernelBenchmarkAttribute>()
            ?? throw new InvalidOperationException($"{benchmark} has no [KernelBenchmark], which names the kernel it measures.");
        KernelDefinition kernel = Find(named);
        return
            from device in named.Devices
            from threads in device == DeviceKind.Cpu ? named.Threads : [0]
            from types in Types(benchmark)
            from axes in Axes(benchmark)
            select new KernelBenchmarkCase(WorkloadShape.Create(kernel, axes, types), device, threads);
    }

    private static KernelDefinition Find(KernelBenchmarkAttribute named)
    {
        // Kernels register from the module initializer, which runs when something of the assembly is used.
        RuntimeHelpers.RunModuleConstructor(named.KernelClass.Module.ModuleHandle);
        string name = $"{named.KernelClass.FullName!.Replace('+', '.')}.{named.Kernel}";
        return KernelRegistry.Definitions.FirstOrDefault(definition => definition.Name == name)
            ?? throw new InvalidOperationException($"No kernel {name} is registered: it must be marked [Kernel], in a project compiled "
                + "with the KernelFoundry generator.");
    }

    private static IEnumerable<string[]> Types(Type benchmark) => benchmark.GetCustomAttributes<KernelTypesAttribute>()
        .Select(each => each.Types.Select(Element.NameOf).ToArray())
        .DefaultIfEmpty([]);

    private static IEnumerable<Dictionary<string, int>> Axes(Type benchmark)
    {
        IEnumerable<Dictionary<string, int>> chosen = [[]];
        foreach (KernelAxisAttribute axis in benchmark.GetCustomAttributes<KernelAxisAttribute>())
            chosen = chosen.SelectMany(so => axis.Extents.Select(extent => new Dictionary<string, int>(so) { [axis.Name] = extent }));
        return chosen;
    }
}
