using System.Numerics;

namespace KernelFoundry.Testing.Ptx;

/// <summary>cp.async: bytes from global to shared memory, there when the copy's group has been waited for. What is beyond the source's bytes is zero.</summary>
internal sealed unsafe class CopyStep(PtxSlot to, PtxSlot from, int bytes, PtxSlot? sourceBytes) : GlobalStep(from, bytes)
{
    public override void Run(PtxWarp warp, uint mask)
    {
        ulong* bases = Bases(warp);
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            int valid = sourceBytes is { } given ? ((int*)(warp.Registers + given.Offset))[lane] : Bytes;
            if (valid < 0 || valid > Bytes)
                throw warp.Fault(lane, $"copies {valid} bytes of {Bytes}");
            uint target = PtxAddresses.Shared(warp, lane, to);

            // A copy of nothing reads nothing, wherever it points.
            nint source = valid == 0 ? 0 : (nint)At(warp, lane, bases);
            warp.Block.Shared.StartCopy(target, Bytes, warp, lane);
            warp.CopyGroups.Add(() =>
            {
                Span<byte> written = warp.Block.Shared.EndCopy(target, Bytes, warp, lane);
                written.Clear();
                new ReadOnlySpan<byte>((void*)source, valid).CopyTo(written);
            });
        }
    }
}

/// <summary>cp.async.commit_group. Groups are a thread's own; here all lanes of a warp must agree on them.</summary>
internal sealed class CommitStep : PtxStep
{
    public override void Run(PtxWarp warp, uint mask)
    {
        warp.RequireLanes(mask, uint.MaxValue, Instruction.Opcode);
        warp.CopyGroups.Commit();
    }
}

/// <summary>cp.async.wait_group.</summary>
internal sealed class WaitGroupStep(PtxSlot remaining) : PtxStep
{
    public override void Run(PtxWarp warp, uint mask)
    {
        warp.RequireLanes(mask, uint.MaxValue, Instruction.Opcode);
        warp.CopyGroups.Wait((int)remaining.Value);
    }
}

/// <summary>cp.async.wait_all.</summary>
internal sealed class WaitAllStep : PtxStep
{
    public override void Run(PtxWarp warp, uint mask)
    {
        warp.RequireLanes(mask, uint.MaxValue, Instruction.Opcode);
        warp.CopyGroups.WaitAll();
    }
}
