namespace KernelFoundry.Testing.Emulation;

/// <summary>What an emulated GPU says that it is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Target">Its compute capability as PTX writes it: 90 for 9.0.</param>
internal sealed record EmulatedGpu(string Name, int Target)
{
    /// <summary>Streaming multiprocessors.</summary>
    public int Multiprocessors { get; init; } = 4;

    /// <summary>Its highest clock, in kHz.</summary>
    public int ClockKilohertz { get; init; } = 1_500_000;

    /// <summary>Bytes of memory; more are not allocated.</summary>
    public long MemoryBytes { get; init; } = 8L << 30;

    /// <summary>Bytes of shared memory a block may ask for.</summary>
    public int SharedBytes { get; init; } = Target == 90 ? 227 << 10 : 99 << 10;

    /// <summary>Whether it has memory pools.</summary>
    public bool HasPools { get; init; } = true;

    /// <summary>CUcomputemode.</summary>
    public int ComputeMode { get; init; }
}
