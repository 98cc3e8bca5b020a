namespace KernelFoundry.Gpu;

/// <summary>The device everything was measured on.</summary>
internal sealed record DeviceOutput(
    string Name, string Driver, string? ComputeCapability, int Multiprocessors, long MemoryBytes, long SharedBytes, bool Emulated, string Host, string Runtime)
{
    public static DeviceOutput Of(Device device) => new(
        device.Name, device.Info.Driver, device.Info.ComputeCapability?.ToString(), device.Info.ComputeUnits, device.Info.MemoryBytes, device.Info.LocalMemoryBytes,
        Testing.Emulation.EmulatedCuda.IsEmulated(device), System.Runtime.InteropServices.RuntimeInformation.OSDescription,
        System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription);
}

/// <summary>The test cases of all kernels.</summary>
internal sealed record CheckOutput(int Passed, int Failed, double Seconds, IReadOnlyList<CheckFailure> Failures, IReadOnlyList<CheckKernel> Kernels);

/// <summary>One kernel's cases.</summary>
internal sealed record CheckKernel(string Kernel, int Passed, int Failed);

/// <summary>One case that failed.</summary>
internal sealed record CheckFailure(string Case, string Message);

/// <summary>What is measured of a kernel: for the peers' script and for the report.</summary>
internal sealed record ShapeOutput(string Id, string Kernel, string Types, IReadOnlyDictionary<string, int> Axes, string? Peer);

/// <summary>All measurements, and the roofs: the measured copy bandwidth, and what instructions for matrices of halves can do by the data sheet (0 if not known).</summary>
internal sealed record BenchOutput(double CopyBytesPerSecond, long CopyBytes, double MatrixOperationsPerSecond, IReadOnlyList<MeasurementOutput> Kernels);

/// <summary>One kernel's measurement: medians, in seconds a launch.</summary>
/// <param name="Seconds">In a graph that runs the kernel on buffers in turn.</param>
/// <param name="SecondsAlone">Launched by itself, again and again.</param>
/// <param name="Copies">Sets of buffers in turn, so that a cache does not hold them.</param>
/// <param name="Bytes">What must move at least.</param>
/// <param name="Operations">Multiplications and additions; 0 where the kernel is bound by memory alone.</param>
/// <param name="Share">Bytes over seconds, as a share of the copy bandwidth.</param>
internal sealed record MeasurementOutput(
    string Id, double Seconds, double Spread, double SecondsAlone, int Copies, long Bytes, double Operations, double Share, string? Error);

/// <summary>A generation.</summary>
internal sealed record GenerateOutput(
    string Model, int PromptTokens, int Tokens, double PrefillTokensPerSecond, double DecodeTokensPerSecond, int SameAsCpu, string Text);
