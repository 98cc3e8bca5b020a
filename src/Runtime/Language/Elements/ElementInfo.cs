namespace KernelFoundry;

/// <summary>How elements of one type lie in memory, where the type is known by name: see <see cref="Element{T}"/>.</summary>
/// <param name="Name">The name kernel variants are found by.</param>
/// <param name="BlockSize">Elements per block; 1 unless quantized.</param>
/// <param name="BlockBytes">Bytes per block; the element's size unless quantized.</param>
/// <param name="IsQuantized">Whether it is a quantization format.</param>
public sealed record ElementInfo(string Name, int BlockSize, int BlockBytes, bool IsQuantized)
{
    /// <summary>Bytes that a number of contiguous elements take.</summary>
    /// <param name="elements">Number of elements; a multiple of <see cref="BlockSize"/>.</param>
    /// <returns>Number of bytes.</returns>
    public long Bytes(long elements) => elements / BlockSize * BlockBytes;
}
