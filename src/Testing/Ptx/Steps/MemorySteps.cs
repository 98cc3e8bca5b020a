using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KernelFoundry.Testing.Ptx;

/// <summary>d = an entry's parameter, in every lane.</summary>
internal sealed unsafe class ParameterStep<T>(PtxSlot d, PtxSlot address) : PtxStep
    where T : unmanaged
{
    public override void Run(PtxWarp warp, uint mask)
    {
        var to = (T*)(warp.Registers + d.Offset);
        T value = MemoryMarshal.Read<T>(warp.Block.Parameters.AsSpan((int)address.Value));
        for (; mask != 0; mask &= mask - 1)
            to[BitOperations.TrailingZeroCount(mask)] = value;
    }
}

/// <summary>An access to global memory: remembers the allocation it met last.</summary>
internal abstract unsafe class GlobalStep(PtxSlot address, int bytes) : PtxStep
{
    private ulong start;
    private ulong length;

    /// <summary>Bytes of an access.</summary>
    protected int Bytes { get; } = bytes;

    public override void Start() => start = length = 0;

    /// <summary>The host's address of a lane's bytes, checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected byte* At(PtxWarp warp, int lane, ulong* bases)
    {
        ulong at = (address.Offset < 0 ? 0 : bases[lane]) + (ulong)address.Value;
        if ((at & (ulong)(Bytes - 1)) != 0 || at - start > length - (ulong)Bytes || length < (ulong)Bytes)
            Find(warp, lane, at);
        return (byte*)at;
    }

    protected ulong* Bases(PtxWarp warp) => (ulong*)(warp.Registers + Math.Max(0, address.Offset));

    private void Find(PtxWarp warp, int lane, ulong at)
    {
        (start, length) = warp.Block.Memory.Find(at);
        if (length == 0)
        {
            (ulong near, ulong end) = warp.Block.Memory.Near(at);
            throw warp.Fault(lane, $"uses {Bytes} bytes of global memory {(end > 0 ? $"at {at - near} of an allocation of {end}" : $"at 0x{at:X}, where nothing is allocated")}");
        }

        if (at - start > length - (ulong)Bytes || length < (ulong)Bytes)
            throw warp.Fault(lane, $"uses {Bytes} bytes of global memory at {at - start} of an allocation of {length}");
        if (at % (ulong)Bytes != 0)
            throw warp.Fault(lane, $"uses {Bytes} bytes of global memory at 0x{at:X}, which is not aligned to them");
    }
}

/// <summary>d = global memory, widened to the register.</summary>
internal sealed unsafe class LoadGlobalStep<TMemory, TRegister>(PtxSlot d, PtxSlot address) : GlobalStep(address, sizeof(TMemory))
    where TMemory : unmanaged, IBinaryInteger<TMemory>
    where TRegister : unmanaged, IBinaryInteger<TRegister>
{
    public override void Run(PtxWarp warp, uint mask)
    {
        var to = (TRegister*)(warp.Registers + d.Offset);
        ulong* bases = Bases(warp);
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            to[lane] = TRegister.CreateTruncating(*(TMemory*)At(warp, lane, bases));
        }
    }
}

/// <summary>Global memory = a, cut to the type.</summary>
internal sealed unsafe class StoreGlobalStep<TMemory, TRegister>(PtxSlot address, PtxSlot a) : GlobalStep(address, sizeof(TMemory))
    where TMemory : unmanaged, IBinaryInteger<TMemory>
    where TRegister : unmanaged, IBinaryInteger<TRegister>
{
    public override void Run(PtxWarp warp, uint mask)
    {
        var from = (TRegister*)(warp.Registers + a.Offset);
        ulong* bases = Bases(warp);
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            *(TMemory*)At(warp, lane, bases) = TMemory.CreateTruncating(from[lane]);
        }
    }
}

/// <summary>{d...} = consecutive elements of global memory.</summary>
internal sealed unsafe class LoadGlobalVectorStep<TMemory, TRegister>(PtxSlot d, PtxSlot address)
    : GlobalStep(address, sizeof(TMemory) * d.Elements!.Length)
    where TMemory : unmanaged, IBinaryInteger<TMemory>
    where TRegister : unmanaged, IBinaryInteger<TRegister>
{
    public override void Run(PtxWarp warp, uint mask)
    {
        ulong* bases = Bases(warp);
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            var from = (TMemory*)At(warp, lane, bases);
            for (int i = 0; i < d.Elements!.Length; i++)
                ((TRegister*)(warp.Registers + d.Elements[i]))[lane] = TRegister.CreateTruncating(from[i]);
        }
    }
}

/// <summary>Consecutive elements of global memory = {a...}.</summary>
internal sealed unsafe class StoreGlobalVectorStep<TMemory, TRegister>(PtxSlot address, PtxSlot a)
    : GlobalStep(address, sizeof(TMemory) * a.Elements!.Length)
    where TMemory : unmanaged, IBinaryInteger<TMemory>
    where TRegister : unmanaged, IBinaryInteger<TRegister>
{
    public override void Run(PtxWarp warp, uint mask)
    {
        ulong* bases = Bases(warp);
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            var to = (TMemory*)At(warp, lane, bases);
            for (int i = 0; i < a.Elements!.Length; i++)
                to[i] = TMemory.CreateTruncating(((TRegister*)(warp.Registers + a.Elements[i]))[lane]);
        }
    }
}

/// <summary>d = shared memory; one register or several.</summary>
internal sealed unsafe class LoadSharedStep<TMemory, TRegister>(PtxSlot d, PtxSlot address) : PtxStep
    where TMemory : unmanaged, IBinaryInteger<TMemory>
    where TRegister : unmanaged, IBinaryInteger<TRegister>
{
    private readonly int[] registers = d.Elements ?? [d.Offset];

    public override void Run(PtxWarp warp, uint mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            uint at = PtxAddresses.Shared(warp, lane, address);
            ReadOnlySpan<byte> bytes = warp.Block.Shared.Read(at, sizeof(TMemory) * registers.Length, warp, lane);
            for (int i = 0; i < registers.Length; i++)
            {
                ((TRegister*)(warp.Registers + registers[i]))[lane] =
                    TRegister.CreateTruncating(MemoryMarshal.Read<TMemory>(bytes[(i * sizeof(TMemory))..]));
            }
        }
    }
}

/// <summary>Shared memory = a; one register or several.</summary>
internal sealed unsafe class StoreSharedStep<TMemory, TRegister>(PtxSlot address, PtxSlot a) : PtxStep
    where TMemory : unmanaged, IBinaryInteger<TMemory>
    where TRegister : unmanaged, IBinaryInteger<TRegister>
{
    private readonly int[] registers = a.Elements ?? [a.Offset];

    public override void Run(PtxWarp warp, uint mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            uint at = PtxAddresses.Shared(warp, lane, address);
            Span<byte> bytes = warp.Block.Shared.Write(at, sizeof(TMemory) * registers.Length, warp, lane);
            for (int i = 0; i < registers.Length; i++)
            {
                MemoryMarshal.Write(
                    bytes[(i * sizeof(TMemory))..], TMemory.CreateTruncating(((TRegister*)(warp.Registers + registers[i]))[lane]));
            }
        }
    }
}

/// <summary>Where lanes' operands in memory are.</summary>
internal static unsafe class PtxAddresses
{
    public static uint Shared(PtxWarp warp, int lane, PtxSlot address) =>
        (address.Offset < 0 ? 0 : ((uint*)(warp.Registers + address.Offset))[lane]) + (uint)address.Value;
}
