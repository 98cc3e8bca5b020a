using System.Numerics;

namespace KernelFoundry.Testing.Ptx;

/// <summary>Which lane a shuffle reads.</summary>
internal enum ShuffleMode
{
    /// <summary>lane xor b.</summary>
    Butterfly,

    /// <summary>lane + b.</summary>
    Down,

    /// <summary>lane - b.</summary>
    Up,

    /// <summary>Lane b.</summary>
    Index,
}

/// <summary>shfl.sync: a lane's value in another; its own where the other is out of the segment that c gives.</summary>
internal sealed unsafe class ShuffleStep(ShuffleMode mode, PtxSlot d, PtxSlot? inRange, PtxSlot a, PtxSlot b, PtxSlot c, PtxSlot lanes) : PtxStep
{
    public override void Run(PtxWarp warp, uint mask)
    {
        var from = (uint*)(warp.Registers + a.Offset);
        var offset = (uint*)(warp.Registers + b.Offset);
        var control = (uint*)(warp.Registers + c.Offset);
        warp.RequireLanes(mask, ((uint*)(warp.Registers + lanes.Offset))[BitOperations.TrailingZeroCount(mask)], Instruction.Opcode);
        uint* results = stackalloc uint[PtxWarp.Lanes];
        uint inside = 0;
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = BitOperations.TrailingZeroCount(rest);
            int by = (int)(offset[lane] & 31), clamp = (int)(control[lane] & 31), segment = (int)((control[lane] >> 8) & 31);
            int low = lane & segment, last = low | (clamp & ~segment);
            int source = mode switch
            {
                ShuffleMode.Butterfly => lane ^ by,
                ShuffleMode.Down => lane + by,
                ShuffleMode.Up => lane - by,
                _ => low | (by & ~segment),
            };
            bool isInside = mode == ShuffleMode.Up ? source >= last : source <= last;
            if (!isInside)
                source = lane;
            if ((mask >> source & 1) == 0)
                throw warp.Fault(lane, $"shuffles from lane {source}, which is not at the instruction");
            results[lane] = from[source];
            inside |= isInside ? 1u << lane : 0;
        }

        var to = (uint*)(warp.Registers + d.Offset);
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = BitOperations.TrailingZeroCount(rest);
            to[lane] = results[lane];
        }

        if (inRange is { } p)
            warp.Predicates[p.Offset] = (warp.Predicates[p.Offset] & ~mask) | inside;
    }
}

/// <summary>vote.sync.ballot: one bit a lane whose predicate is true.</summary>
internal sealed unsafe class BallotStep(PtxSlot d, PtxSlot p, PtxSlot lanes) : PtxStep
{
    public override void Run(PtxWarp warp, uint mask)
    {
        warp.RequireLanes(mask, ((uint*)(warp.Registers + lanes.Offset))[BitOperations.TrailingZeroCount(mask)], Instruction.Opcode);
        var to = (uint*)(warp.Registers + d.Offset);
        for (uint rest = mask; rest != 0; rest &= rest - 1)
            to[BitOperations.TrailingZeroCount(rest)] = warp.Predicates[p.Offset] & mask;
    }
}

/// <summary>redux.sync: one result of all lanes.</summary>
internal sealed unsafe class ReduceStep<T, TFunction>(PtxSlot d, PtxSlot a, PtxSlot lanes) : PtxStep
    where T : unmanaged
    where TFunction : ILaneFunction<T, T, T>
{
    public override void Run(PtxWarp warp, uint mask)
    {
        int first = BitOperations.TrailingZeroCount(mask);
        warp.RequireLanes(mask, ((uint*)(warp.Registers + lanes.Offset))[first], Instruction.Opcode);
        var from = (T*)(warp.Registers + a.Offset);
        T result = from[first];
        for (uint rest = mask & (mask - 1); rest != 0; rest &= rest - 1)
            result = TFunction.Apply(result, from[BitOperations.TrailingZeroCount(rest)]);
        for (uint rest = mask; rest != 0; rest &= rest - 1)
            ((T*)(warp.Registers + d.Offset))[BitOperations.TrailingZeroCount(rest)] = result;
    }
}
