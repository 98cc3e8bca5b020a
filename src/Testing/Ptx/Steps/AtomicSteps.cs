using System.Numerics;
using System.Runtime.InteropServices;

namespace KernelFoundry.Testing.Ptx;

/// <summary>d = global memory, which becomes f(it, a). Lanes take turns. Without d: red.</summary>
internal sealed unsafe class AtomicGlobalStep<T, TFunction>(PtxSlot? d, PtxSlot address, PtxSlot a) : GlobalStep(address, sizeof(T))
    where T : unmanaged
    where TFunction : ILaneFunction<T, T, T>
{
    public override void Run(PtxWarp warp, uint mask)
    {
        var from = (T*)(warp.Registers + a.Offset);
        ulong* bases = Bases(warp);
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            var at = (T*)At(warp, lane, bases);
            T before = *at;
            *at = TFunction.Apply(before, from[lane]);
            if (d is { } old)
                ((T*)(warp.Registers + old.Offset))[lane] = before;
        }
    }
}

/// <summary>The same in shared memory.</summary>
internal sealed unsafe class AtomicSharedStep<T, TFunction>(PtxSlot? d, PtxSlot address, PtxSlot a) : PtxStep
    where T : unmanaged
    where TFunction : ILaneFunction<T, T, T>
{
    public override void Run(PtxWarp warp, uint mask)
    {
        var from = (T*)(warp.Registers + a.Offset);
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            Span<byte> bytes = warp.Block.Shared.Update(PtxAddresses.Shared(warp, lane, address), sizeof(T), warp, lane);
            T before = MemoryMarshal.Read<T>(bytes);
            MemoryMarshal.Write(bytes, TFunction.Apply(before, from[lane]));
            if (d is { } old)
                ((T*)(warp.Registers + old.Offset))[lane] = before;
        }
    }
}
