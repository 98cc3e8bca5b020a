namespace KernelFoundry.Testing.Ptx;

/// <summary>An instruction as it runs: once for all lanes of a warp that are at it.</summary>
internal abstract class PtxStep
{
    /// <summary>The instruction it was made from.</summary>
    public PtxInstruction Instruction { get; private set; } = null!;

    /// <summary>The predicate register that lanes need; -1 for none.</summary>
    public int Guard { get; private set; } = -1;

    /// <summary>The sums of products of warpgroups that it reads or writes, by their numbers, without being one.</summary>
    public int[] Touches { get; set; } = [];

    /// <summary>Says what the step was made from.</summary>
    public PtxStep Of(PtxInstruction instruction, int guard)
    {
        Instruction = instruction;
        Guard = guard;
        return this;
    }

    /// <summary>Forgets what memory was where: a new grid starts.</summary>
    public virtual void Start()
    {
    }

    /// <summary>Runs the lanes of a mask. Branches, barriers and returns are the warp's own business and do nothing here.</summary>
    /// <param name="warp">The warp.</param>
    /// <param name="mask">One bit a lane.</param>
    public virtual void Run(PtxWarp warp, uint mask)
    {
    }
}
