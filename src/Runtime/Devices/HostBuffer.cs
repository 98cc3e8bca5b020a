namespace KernelFoundry;

/// <summary>
/// A run of host memory that a device copies from and to on its own, without the host waiting: page-locked on devices with memory of their own. From
/// <see cref="Device.AllocateHost"/>; zeroed.
/// </summary>
public abstract unsafe class HostBuffer : IDisposable
{
    private int disposed;

    private protected HostBuffer(byte* address, long byteLength)
    {
        Address = address;
        ByteLength = byteLength;
    }

    /// <summary>Number of bytes.</summary>
    public long ByteLength { get; }

    internal byte* Address { get; }

    /// <summary>Elements in the buffer, in place. Not to be used after the buffer is disposed of, and not while the device copies.</summary>
    /// <param name="byteOffset">Where the first is.</param>
    /// <param name="count">Number of elements.</param>
    /// <typeparam name="T">The element type.</typeparam>
    /// <returns>The elements.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
    public Span<T> Span<T>(long byteOffset, int count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Require(byteOffset, (long)count * sizeof(T));
        return new Span<T>(Address + byteOffset, count);
    }

    /// <summary>Frees the buffer. Waits for copies from and to it that have been started.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
            Free();
        GC.SuppressFinalize(this);
    }

    internal void Require(long byteOffset, long length)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
        if (byteOffset < 0 || length < 0 || byteOffset > ByteLength - length)
            throw new ArgumentOutOfRangeException(nameof(byteOffset), $"Bytes {byteOffset} to {byteOffset + length} are outside a buffer of {ByteLength} bytes.");
    }

    private protected abstract void Free();
}
