namespace KernelFoundry.Cli.Output;

/// <summary>One device that was looked for.</summary>
internal sealed record DeviceOutput(
    string Kind,
    string Name,
    bool Available,
    string? Unavailable,
    bool Accelerator,
    string Driver,
    string? ComputeCapability,
    int ComputeUnits,
    int VectorBits,
    long MemoryBytes,
    long LocalMemoryBytes,
    IReadOnlyList<string> Lacks);
