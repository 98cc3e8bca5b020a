using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Testing;

/// <summary>The devices tests run on, opened once.</summary>
public static class TestDevices
{
    private static readonly Lazy<Device[]> Older = new(() => [EmulatedCuda.Open(70), EmulatedCuda.Open(80)]);

    private static readonly Lazy<IReadOnlyList<Device>> Found = new(() => [.. Find()]);

    /// <summary>Emulated CUDA devices of compute capability 7.0 and 8.0: they run the modules of the one in <see cref="All"/> but where a kernel has several.</summary>
    internal static IReadOnlyList<Device> OlderGpus => Older.Value;

    /// <summary>Whether a device is one of <see cref="OlderGpus"/>.</summary>
    internal static bool IsOlder(Device device) => Older.IsValueCreated && Older.Value.Contains(device);

    /// <summary>
    /// The reference device, the CPU with each vector width it has and a different number of threads each, OpenCL where there is a driver,
    /// an emulated CUDA device of compute capability 9.0, and a real one where there is one. Not to be disposed of.
    /// </summary>
    public static IReadOnlyList<Device> All => Found.Value;

    private static IEnumerable<Device> Find()
    {
        yield return Device.Reference;
        int threads = 1;
        foreach (int bits in new[] { 128, 256, 512 })
        {
            if (bits <= CpuCode.BestVectorBits)
                yield return Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, VectorBits = bits, Threads = threads++ });
        }

        if (Device.Enumerate().Any(info => info is { Kind: DeviceKind.OpenCl, IsAvailable: true }))
            yield return Device.Open(new DeviceOptions { Kind = DeviceKind.OpenCl });

        yield return EmulatedCuda.Open();
        if (Device.Enumerate().Any(info => info is { Kind: DeviceKind.Cuda, IsAvailable: true }))
            yield return Device.Open(new DeviceOptions { Kind = DeviceKind.Cuda });
    }
}
