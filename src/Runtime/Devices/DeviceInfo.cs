namespace KernelFoundry;

/// <summary>A device that was looked for: what it is, or why it cannot be used.</summary>
public sealed record DeviceInfo
{
    /// <summary>Its kind.</summary>
    public required DeviceKind Kind { get; init; }

    /// <summary>Its name; for a kind of which nothing was found, the kind's.</summary>
    public required string Name { get; init; }

    /// <summary>Why it cannot be used; null if it can.</summary>
    public string? Unavailable { get; init; }

    /// <summary>Whether it can be used.</summary>
    public bool IsAvailable => Unavailable is null;

    /// <summary>Whether it is a GPU or another accelerator with memory of its own.</summary>
    public bool IsAccelerator { get; init; }

    /// <summary>Vendor, platform and driver version; empty for the host.</summary>
    public string Driver { get; init; } = "";

    /// <summary>The generation of an NVIDIA GPU, as its maker counts them; null for other devices.</summary>
    public Version? ComputeCapability { get; init; }

    /// <summary>Threads of the host, or compute units.</summary>
    public int ComputeUnits { get; init; }

    /// <summary>Highest clock of the compute units, in Hz; 0 where the driver does not say.</summary>
    public long ClockHertz { get; init; }

    /// <summary>Width of the vectors kernels compute with, in bits; 0 if the driver decides.</summary>
    public int VectorBits { get; init; }

    /// <summary>Memory kernels can use, in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Local memory of one work-group, in bytes; 0 on the host.</summary>
    public long LocalMemoryBytes { get; init; }

    /// <summary>Largest number of work-items in a work-group; 0 on the host.</summary>
    public int MaxWorkGroup { get; init; }

    /// <summary>Number of work-items a work-group is best a multiple of: those that run together. 0 on the host, or if the driver does not say.</summary>
    public int PreferredWorkGroupMultiple { get; init; }

    /// <summary>What it has beyond what every kernel needs.</summary>
    public DeviceFeatures Features { get; init; }

    /// <summary>What it lacks, and what follows from it, a sentence each; empty on the host, which lacks nothing.</summary>
    public IEnumerable<string> Lacks => !IsAvailable ? [] : Kind switch
    {
        DeviceKind.OpenCl => OpenClFeatures.Lacks(this),
        DeviceKind.Cuda => CudaPlatform.Lacks(this),
        _ => [],
    };

    /// <summary>One line, as <c>kf devices</c> prints it.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        if (Unavailable is not null)
            return $"{Kind}: {Name}: not available: {Unavailable}";
        string vectors = VectorBits > 0 ? $", {VectorBits}-bit vectors" : "";
        string driver = Driver.Length > 0 ? $", {Driver}" : "";
        return $"{Kind}: {Name} ({ComputeUnits} {(LocalMemoryBytes > 0 ? "compute units" : "threads")}{vectors}, {MemoryBytes >> 20} MiB{driver})";
    }
}
