using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>
/// Native memory that is zero. Large blocks come from the system as such and are not touched: what is never used, such as the rows of an activation that a long text
/// would need, does not become part of the process's memory.
/// </summary>
internal readonly unsafe struct ZeroedBlock
{
    private readonly void* _start;

    /// <summary>Takes memory.</summary>
    /// <param name="bytes">Bytes.</param>
    /// <param name="alignment">What the address is a multiple of: a power of two.</param>
    public ZeroedBlock(nuint bytes, nuint alignment)
    {
        // No allocator gives memory that is both zero and aligned.
        _start = NativeMemory.AllocZeroed(checked(bytes + alignment - 1));
        Address = (byte*)(((nuint)_start + alignment - 1) & ~(alignment - 1));
    }

    /// <summary>The first byte.</summary>
    public byte* Address { get; }

    /// <summary>Gives the memory back.</summary>
    public void Free() => NativeMemory.Free(_start);
}
