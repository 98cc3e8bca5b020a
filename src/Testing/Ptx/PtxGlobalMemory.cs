using System.Runtime.InteropServices;

namespace KernelFoundry.Testing.Ptx;

/// <summary>
/// The memory of an emulated device: allocations of exact lengths at addresses that are the host's own, so that a checked access is a plain one.
/// Reached by several threads, but changed by none while a grid runs.
/// </summary>
internal sealed unsafe class PtxGlobalMemory
{
    /// <summary>As the driver aligns allocations.</summary>
    private const int Alignment = 256;

    private readonly Lock changing = new();
    private readonly Dictionary<ulong, nint> blocks = [];
    private (ulong Start, ulong Length)[] runs = [];

    /// <summary>Bytes allocated.</summary>
    public long Used { get; private set; }

    /// <summary>Allocates bytes that nothing has written: 0xCD.</summary>
    public ulong Allocate(nuint bytes)
    {
        var block = (byte*)NativeMemory.AlignedAlloc(bytes + Alignment, Alignment);
        new Span<byte>(block, checked((int)bytes)).Fill(0xCD);
        lock (changing)
        {
            blocks.Add((ulong)block, (nint)block);
            runs = [.. runs.Append(((ulong)block, (ulong)bytes)).OrderBy(run => run.Item1)];
            Used += (long)bytes;
        }

        return (ulong)block;
    }

    /// <summary>Frees an allocation; false if the address is none's.</summary>
    public bool Free(ulong address)
    {
        lock (changing)
        {
            if (!blocks.Remove(address, out nint block))
                return false;
            Used -= (long)runs.First(run => run.Start == address).Length;
            runs = [.. runs.Where(run => run.Start != address)];
            NativeMemory.AlignedFree((void*)block);
            return true;
        }
    }

    /// <summary>The allocation around an address; a length of 0 if there is none.</summary>
    public (ulong Start, ulong Length) Find(ulong address)
    {
        (ulong Start, ulong Length)[] sorted = runs;
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sorted[middle].Start <= address)
                low = middle + 1;
            else
                high = middle;
        }

        return low > 0 && address - sorted[low - 1].Start < sorted[low - 1].Length ? sorted[low - 1] : default;
    }

    /// <summary>The last allocation that starts at or below an address, if the address is not far beyond it.</summary>
    public (ulong Start, ulong Length) Near(ulong address) =>
        runs.LastOrDefault(run => run.Start <= address && address - run.Start < run.Length + 4096);

    /// <summary>Whether bytes are all within one allocation.</summary>
    public bool Contains(ulong address, nuint bytes)
    {
        (ulong start, ulong length) = Find(address);
        return length > 0 && address - start <= length && bytes <= length - (address - start);
    }
}
