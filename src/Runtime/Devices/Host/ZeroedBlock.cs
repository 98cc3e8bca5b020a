using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>
/// Native memory that is zero, in huge pages where there is enough of it and the system gives some. Large blocks come from the system as they are and are not touched:
/// what is never used, such as the rows of an activation that a long text would need, does not become part of the process's memory.
/// </summary>
internal readonly unsafe partial struct ZeroedBlock
{
    /// <summary>Bytes of a huge page on x86-64, and on Arm64 with pages of 4 KiB.</summary>
    public const int HugePage = 2 << 20;

    // MADV_HUGEPAGE of sys/mman.h.
    private const int WantHugePages = 14;

    // The last huge page is one too where much of the block lies in it, and little beside the block lies behind it.
    private const int Much = 16, Little = 8;

    private readonly void* _start;

    /// <summary>Takes memory.</summary>
    /// <param name="bytes">Bytes.</param>
    /// <param name="alignment">What the address is a multiple of at least: a power of two.</param>
    public ZeroedBlock(nuint bytes, nuint alignment)
    {
        bool isHuge = bytes >= HugePage;
        if (isHuge)
            alignment = Math.Max(alignment, HugePage);
        nuint last = bytes % HugePage;
        if (isHuge && last > bytes / Much && HugePage - last <= bytes / Little)
            bytes += HugePage - last;

        // No allocator gives memory that is both zero and aligned.
        _start = NativeMemory.AllocZeroed(checked(bytes + alignment - 1));
        Address = (byte*)(((nuint)_start + alignment - 1) & ~(alignment - 1));

        // Advice: where it is not followed, or not known, the memory is as good as before.
        if (isHuge && OperatingSystem.IsLinux())
            _ = Advise(Address, bytes / HugePage * HugePage, WantHugePages);
    }

    /// <summary>The first byte.</summary>
    public byte* Address { get; }

    /// <summary>Gives the memory back.</summary>
    public void Free() => NativeMemory.Free(_start);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
