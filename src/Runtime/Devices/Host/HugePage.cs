using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>
/// Native memory in huge pages where the system gives some. Small pieces share one: they are taken from it one after another, and it is taken from the start, or
/// freed, when none is left in use. A piece that stays keeps the page, and no piece is less than an eighth of one.
/// </summary>
internal sealed unsafe partial class HugePage
{
    /// <summary>Bytes of a huge page on x86-64, and on Arm64 with pages of 4 KiB.</summary>
    public const int Size = 2 << 20;

    /// <summary>The least a piece may have.</summary>
    public const int LeastPiece = Size / 8;

    /// <summary>The most a piece may have: more has pages of its own.</summary>
    public const int LargestPiece = Size / 2;

    // MADV_HUGEPAGE of sys/mman.h.
    private const int WantHugePages = 14;

    private static readonly Lock s_taking = new();
    private static HugePage s_open = new();

    private readonly ZeroedBlock _block = AllocateWhole(Size);
    private int _taken;
    private int _inUse;

    private HugePage()
    {
    }

    /// <summary>A piece of a page that others share.</summary>
    /// <param name="bytes">Bytes, whole cache lines, from <see cref="LeastPiece"/> to <see cref="LargestPiece"/>.</param>
    /// <param name="page">The page, which <see cref="Return"/> gets it back to.</param>
    /// <returns>The first byte, on a cache line. What it holds is undefined.</returns>
    public static byte* Take(int bytes, out HugePage page)
    {
        lock (s_taking)
        {
            if (s_open._taken > Size - bytes)
                s_open = new HugePage();
            page = s_open;
            page._inUse++;
            page._taken += bytes;
            return page._block.Address + page._taken - bytes;
        }
    }

    /// <summary>Gives a piece back.</summary>
    public void Return()
    {
        lock (s_taking)
        {
            if (--_inUse > 0)
                return;
            _taken = 0;
            if (this != s_open)
                _block.Free();
        }
    }

    /// <summary>Memory that begins with a huge page, zeroed.</summary>
    /// <param name="bytes">Bytes.</param>
    public static ZeroedBlock AllocateWhole(nuint bytes)
    {
        var block = new ZeroedBlock(bytes, Size);

        // Advice: where it is not followed, or not known, the memory is as good as before.
        if (OperatingSystem.IsLinux())
            _ = Advise(block.Address, bytes / Size * Size, WantHugePages);
        return block;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
