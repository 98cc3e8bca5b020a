using KernelFoundry.Testing.Ptx;

namespace KernelFoundry.Testing.Emulation;

/// <summary>The primary context of an emulated GPU.</summary>
internal sealed class EmulatedContext(EmulatedGpu gpu, int ordinal)
{
    public EmulatedGpu Gpu => gpu;

    public int Ordinal => ordinal;

    public PtxGlobalMemory Memory { get; } = new();

    /// <summary>How many hold it.</summary>
    public int References { get; set; }

    /// <summary>What a kernel did wrong, until a call has reported it.</summary>
    public string? Fault { get; set; }
}
