using KernelFoundry.Testing.Ptx;

namespace KernelFoundry.Testing.Emulation;

/// <summary>A loaded entry.</summary>
internal sealed class EmulatedFunction(PtxProgram program)
{
    private readonly Lock running = new();

    public PtxProgram Program => program;

    /// <summary>Dynamic shared memory that a launch may ask for.</summary>
    public int MaxDynamicShared { get; set; } = (48 << 10) - program.StaticSharedBytes;

    public int MaxThreads => program.RequiredThreads > 0 ? program.RequiredThreads : 1024;

    public void Run(PtxGlobalMemory memory, EmulatedLaunch launch)
    {
        lock (running)
            PtxGrid.Run(program, memory, launch.Grid, launch.Threads, launch.SharedBytes, launch.Parameters);
    }
}
