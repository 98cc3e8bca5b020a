namespace KernelFoundry.Testing.Ptx;

/// <summary>Runs a grid of blocks, in order.</summary>
internal static class PtxGrid
{
    /// <summary>Runs an entry. One grid of a program at a time.</summary>
    /// <param name="program">The entry.</param>
    /// <param name="memory">Global memory.</param>
    /// <param name="grid">Blocks along each axis.</param>
    /// <param name="threads">Threads of a block.</param>
    /// <param name="dynamicShared">Bytes of shared memory behind the module's own.</param>
    /// <param name="parameters">The parameters' bytes, each at its offset.</param>
    /// <exception cref="PtxFaultException">A thread does what it must not.</exception>
    public static void Run(PtxProgram program, PtxGlobalMemory memory, (uint X, uint Y, uint Z) grid, int threads, int dynamicShared, byte[] parameters)
    {
        if (program.RequiredThreads > 0 && program.RequiredThreads != threads)
            throw new PtxFaultException($"blocks of {threads} threads, and .reqntid says {program.RequiredThreads}");
        foreach (PtxStep step in program.Steps)
            step.Start();
        using var block = new PtxBlock(program, memory, parameters, threads, dynamicShared);
        for (uint z = 0; z < grid.Z; z++)
        {
            for (uint y = 0; y < grid.Y; y++)
            {
                for (uint x = 0; x < grid.X; x++)
                    block.Run((x, y, z), grid);
            }
        }
    }
}
