using System.Numerics;

namespace KernelFoundry.Testing.Ptx;

/// <summary>d = f(a) in every lane.</summary>
internal sealed unsafe class UnaryStep<TA, TResult, TFunction>(PtxSlot d, PtxSlot a) : PtxStep
    where TA : unmanaged
    where TResult : unmanaged
    where TFunction : ILaneFunction<TA, TResult>
{
    public override void Run(PtxWarp warp, uint mask)
    {
        var to = (TResult*)(warp.Registers + d.Offset);
        var left = (TA*)(warp.Registers + a.Offset);
        if (mask == uint.MaxValue)
        {
            for (int lane = 0; lane < PtxWarp.Lanes; lane++)
                to[lane] = TFunction.Apply(left[lane]);
            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            to[lane] = TFunction.Apply(left[lane]);
        }
    }
}

/// <summary>d = f(a, b) in every lane.</summary>
internal sealed unsafe class BinaryStep<TA, TB, TResult, TFunction>(PtxSlot d, PtxSlot a, PtxSlot b) : PtxStep
    where TA : unmanaged
    where TB : unmanaged
    where TResult : unmanaged
    where TFunction : ILaneFunction<TA, TB, TResult>
{
    public override void Run(PtxWarp warp, uint mask)
    {
        var to = (TResult*)(warp.Registers + d.Offset);
        var left = (TA*)(warp.Registers + a.Offset);
        var right = (TB*)(warp.Registers + b.Offset);
        if (mask == uint.MaxValue)
        {
            for (int lane = 0; lane < PtxWarp.Lanes; lane++)
                to[lane] = TFunction.Apply(left[lane], right[lane]);
            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            to[lane] = TFunction.Apply(left[lane], right[lane]);
        }
    }
}

/// <summary>d = f(a, b, c) in every lane.</summary>
internal sealed unsafe class TernaryStep<TA, TB, TC, TResult, TFunction>(PtxSlot d, PtxSlot a, PtxSlot b, PtxSlot c) : PtxStep
    where TA : unmanaged
    where TB : unmanaged
    where TC : unmanaged
    where TResult : unmanaged
    where TFunction : ILaneFunction<TA, TB, TC, TResult>
{
    public override void Run(PtxWarp warp, uint mask)
    {
        var to = (TResult*)(warp.Registers + d.Offset);
        var first = (TA*)(warp.Registers + a.Offset);
        var second = (TB*)(warp.Registers + b.Offset);
        var third = (TC*)(warp.Registers + c.Offset);
        if (mask == uint.MaxValue)
        {
            for (int lane = 0; lane < PtxWarp.Lanes; lane++)
                to[lane] = TFunction.Apply(first[lane], second[lane], third[lane]);
            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            to[lane] = TFunction.Apply(first[lane], second[lane], third[lane]);
        }
    }
}

/// <summary>A predicate of every lane: p = f(a, b).</summary>
internal sealed unsafe class CompareStep<T, TFunction>(PtxSlot p, PtxSlot a, PtxSlot b) : PtxStep
    where T : unmanaged
    where TFunction : ILaneFunction<T, T, bool>
{
    public override void Run(PtxWarp warp, uint mask)
    {
        var left = (T*)(warp.Registers + a.Offset);
        var right = (T*)(warp.Registers + b.Offset);
        uint truths = 0;
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = BitOperations.TrailingZeroCount(rest);
            if (TFunction.Apply(left[lane], right[lane]))
                truths |= 1u << lane;
        }

        ref uint to = ref warp.Predicates[p.Offset];
        to = (to & ~mask) | truths;
    }
}

/// <summary>d = p ? a : b in every lane.</summary>
internal sealed unsafe class SelectStep<T>(PtxSlot d, PtxSlot a, PtxSlot b, PtxSlot p) : PtxStep
    where T : unmanaged
{
    public override void Run(PtxWarp warp, uint mask)
    {
        var to = (T*)(warp.Registers + d.Offset);
        var left = (T*)(warp.Registers + a.Offset);
        var right = (T*)(warp.Registers + b.Offset);
        uint truths = warp.Predicates[p.Offset];
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            to[lane] = (truths >> lane & 1) != 0 ? left[lane] : right[lane];
        }
    }
}

/// <summary>Predicates of predicates, all lanes at once.</summary>
internal sealed class PredicateStep<TFunction>(PtxSlot p, PtxSlot a, PtxSlot b) : PtxStep
    where TFunction : ILaneFunction<uint, uint, uint>
{
    public override void Run(PtxWarp warp, uint mask)
    {
        uint truths = TFunction.Apply(warp.Predicates[a.Offset], warp.Predicates[b.Offset]);
        ref uint to = ref warp.Predicates[p.Offset];
        to = (to & ~mask) | (truths & mask);
    }
}

/// <summary>A predicate from a literal.</summary>
internal sealed class TruthStep(PtxSlot p, PtxSlot value) : PtxStep
{
    public override void Run(PtxWarp warp, uint mask)
    {
        ref uint to = ref warp.Predicates[p.Offset];
        to = value.Value != 0 ? to | mask : to & ~mask;
    }
}
