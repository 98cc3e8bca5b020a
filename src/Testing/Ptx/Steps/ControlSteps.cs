namespace KernelFoundry.Testing.Ptx;

/// <summary>bra.</summary>
internal sealed class BranchStep(int target) : PtxStep
{
    /// <summary>The instruction to go on with.</summary>
    public int Target => target;
}

/// <summary>bar.sync of the whole block.</summary>
internal sealed class BarrierStep : PtxStep;

/// <summary>ret and exit.</summary>
internal sealed class ReturnStep : PtxStep;

/// <summary>bar.warp.sync: the lanes of a mask meet, and see each other's stores.</summary>
internal sealed unsafe class WarpBarrierStep(PtxSlot lanes) : PtxStep
{
    public override void Run(PtxWarp warp, uint mask)
    {
        warp.RequireLanes(mask, ((uint*)(warp.Registers + lanes.Offset))[0], Instruction.Opcode);
        warp.Meetings++;
    }
}

/// <summary>What is nothing to an emulator that runs warps in turn: a hint, a fence.</summary>
internal sealed class NothingStep : PtxStep;
