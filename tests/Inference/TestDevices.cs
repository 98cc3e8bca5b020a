using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Inference.Tests;

/// <summary>The devices models are tested on; the CUDA device is an emulated one.</summary>
internal static class TestDevices
{
    public static TheoryData<string> Names => ["reference", "cpu-1", "cpu-2", "cpu-3", "opencl", "cuda"];

    /// <summary>Opens a device; the calling test is skipped if the machine has none of the kind.</summary>
    public static Device Open(string name)
    {
        DeviceInfo? openCl = name == "opencl" ? Device.Enumerate().FirstOrDefault(d => d.Kind == DeviceKind.OpenCl) : null;
        Assert.SkipWhen(name == "opencl" && openCl is not { IsAvailable: true }, $"Needs an OpenCL device: {openCl?.Unavailable}");
        return name switch
        {
            "reference" => Device.Reference,
            "cuda" => EmulatedCuda.Open(),
            "opencl" => Device.Open(new DeviceOptions { Kind = DeviceKind.OpenCl }),
            _ => Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = name[^1] - '0' }),
        };
    }
}
