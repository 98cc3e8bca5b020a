namespace KernelFoundry.Testing.Ptx;

/// <summary>Runs blocks, one after the other: each warp up to the next barrier, until all have returned.</summary>
internal sealed class PtxBlock : IDisposable
{
    private readonly PtxProgram program;
    private readonly PtxWarp[] warps;
    private readonly int threads;
    private (uint X, uint Y, uint Z) id;

    public PtxBlock(PtxProgram program, PtxGlobalMemory memory, byte[] parameters, int threads, int dynamicShared)
    {
        this.program = program;
        this.threads = threads;
        Memory = memory;
        Parameters = parameters;
        SharedBytes = program.StaticSharedBytes + dynamicShared;
        Shared = new PtxSharedMemory(program.SharedGranule, program.SharedStart) { Written = program.HasProducts ? [] : null };
        warps = [.. Enumerable.Range(0, (threads + PtxWarp.Lanes - 1) / PtxWarp.Lanes).Select(number => new PtxWarp(program, this, number))];
    }

    public PtxGlobalMemory Memory { get; }

    public byte[] Parameters { get; }

    public PtxSharedMemory Shared { get; }

    public int SharedBytes { get; }

    /// <summary>The block's place in the grid, for messages.</summary>
    public string Name => $"({id.X}, {id.Y}, {id.Z})";

    public void Run((uint X, uint Y, uint Z) block, (uint X, uint Y, uint Z) grid)
    {
        id = block;
        Shared.Start(SharedBytes);
        foreach (PtxWarp warp in warps)
        {
            warp.Start(threads - warp.FirstThread);
            program.Specials.Fill(warp, block, grid, threads);
        }

        bool isDone;
        do
        {
            foreach (PtxWarp warp in warps)
                warp.Run();
            isDone = Meet();
            CheckWarpgroups();
            Shared.Barrier();
        }
        while (!isDone);
    }

    public void Dispose()
    {
        foreach (PtxWarp warp in warps)
            warp.Dispose();
    }

    /// <summary>Whether all warps have returned; fails unless they are all at one barrier otherwise.</summary>
    private bool Meet()
    {
        foreach (PtxWarp warp in warps)
        {
            if (warp.Barrier == warps[0].Barrier && (warp.Barrier < 0 || warp.Alive == Whole(warp)))
                continue;
            string places = string.Join(", ", warps.Select(Place));
            throw new PtxFaultException($"block {Name}: some threads wait at a barrier that others never come to: {places}");
        }

        return warps[0].Barrier < 0;
    }

    // The four warps of a warpgroup multiply the same.
    private void CheckWarpgroups()
    {
        foreach (PtxWarp warp in warps)
        {
            PtxWarp first = warps[warp.FirstThread / PtxWarp.Lanes / MultiplyWarpgroupStep.Warps * MultiplyWarpgroupStep.Warps];
            if (warp.Products.Trace != first.Products.Trace)
                throw new PtxFaultException($"block {Name}: the warps of a warpgroup, from threads {first.FirstThread} and {warp.FirstThread} on, have multiplied different matrices");
        }
    }

    private string Place(PtxWarp warp)
    {
        string at = warp.Barrier < 0 ? "has returned" : $"is at line {program.Steps[warp.Barrier].Instruction.Line}";
        return $"warp {warp.FirstThread / PtxWarp.Lanes} {at}";
    }

    private uint Whole(PtxWarp warp) => threads - warp.FirstThread >= PtxWarp.Lanes ? uint.MaxValue : (1u << (threads - warp.FirstThread)) - 1;
}
