namespace KernelFoundry.Cli.Output;

/// <summary>One device that was looked for.</summary>
internal sealed record DeviceOutput(
    string Kind,
    string Name,
    bool Available,
    string? Unavailable,
    bool Accelerator,
    string Driver,
    int ComputeUnits,
    int VectorBits,
    long MemoryBytes,
    IReadOnlyList<string> Lacks);
