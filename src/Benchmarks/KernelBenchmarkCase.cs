using KernelFoundry.Measurement;

namespace KernelFoundry.Benchmarks;

/// <summary>What one benchmark measures: a kernel for some types and extents, on a device.</summary>
/// <param name="Shape">The kernel, its types and extents.</param>
/// <param name="Device">The kind of device.</param>
/// <param name="Threads">Threads of the Cpu device; 0 for one a processor.</param>
public sealed record KernelBenchmarkCase(WorkloadShape Shape, DeviceKind Device, int Threads)
{
    /// <summary>Types, extents and device on one line.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Shape.Types} {Shape.Extents} {DeviceText}".Trim();

    internal string DeviceText => Device != DeviceKind.Cpu ? $"{Device}" : Threads == 0 ? "Cpu" : $"Cpu x{Threads}";
}
