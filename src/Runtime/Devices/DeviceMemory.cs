namespace KernelFoundry;

/// <summary>
/// A run of bytes on a device. Views point into it. Disposing it frees what it owns; views of it must not be used afterwards, and launches
/// refuse them.
/// </summary>
public abstract unsafe class DeviceMemory : IDisposable
{
    // Spans are shorter than memory may be.
    private const int PartBytes = 1 << 30;

    private int disposed;
    private volatile bool isAway;

    private protected DeviceMemory(Device device, byte* address, long byteLength)
    {
        Device = device;
        Address = address;
        ByteLength = byteLength;
    }

    /// <summary>The device the bytes are on.</summary>
    public Device Device { get; }

    /// <summary>Number of bytes.</summary>
    public long ByteLength { get; }

    /// <summary>Whether the host can read and write the bytes in place.</summary>
    public bool IsHostAddressable => Address != null;

    /// <summary>Whether the memory has been disposed of.</summary>
    public bool IsDisposed => Volatile.Read(ref disposed) != 0;

    /// <summary>The host's address of the first byte; null if the host cannot address it.</summary>
    internal byte* Address { get; }

    /// <summary>Frees the memory if it is owned. Disposing twice does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
            Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Copies bytes from the host. Returns when they may be reused.</summary>
    /// <param name="byteOffset">Where the first byte goes.</param>
    /// <param name="source">The bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bytes do not fit.</exception>
    public void Write(long byteOffset, ReadOnlySpan<byte> source)
    {
        RequireRange(byteOffset, source.Length);
        if (source.Length > 0)
            WriteCore(byteOffset, source);
    }

    /// <summary>Copies bytes to the host, after all launches that were started before.</summary>
    /// <param name="byteOffset">Where the first byte is.</param>
    /// <param name="destination">Where the bytes go.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer bytes.</exception>
    public void Read(long byteOffset, Span<byte> destination)
    {
        RequireRange(byteOffset, destination.Length);
        if (destination.Length > 0)
            ReadCore(byteOffset, destination);
    }

    /// <summary>Whether a device that shares the host's memory may have this in use: the host must not touch it before <see cref="BringToHost"/>.</summary>
    private protected bool IsAway
    {
        get => isAway;
        set => isAway = value;
    }

    /// <summary>Waits for the device's use of the memory, so that the host sees what it wrote, and may write.</summary>
    internal void BringToHost()
    {
        if (isAway)
            BringToHostCore();
    }

    /// <summary>
    /// Starts a copy from the host, in the order of the device's launches. The bytes may be reused when an event recorded afterwards is reached. Devices
    /// that cannot copy on their own return when the copy is done.
    /// </summary>
    /// <param name="byteOffset">Where the first byte goes.</param>
    /// <param name="source">The bytes, from the device's <see cref="KernelFoundry.Device.AllocateHost"/>.</param>
    /// <param name="sourceOffset">Where the first byte is.</param>
    /// <param name="length">Number of bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bytes do not fit.</exception>
    public void BeginWrite(long byteOffset, HostBuffer source, long sourceOffset, long length)
    {
        ArgumentNullException.ThrowIfNull(source);
        source.Require(sourceOffset, length);
        RequireRange(byteOffset, length);
        if (length > 0)
            BeginWriteCore(byteOffset, source, sourceOffset, length);
    }

    /// <summary>
    /// Starts a copy to the host, in the order of the device's launches. The bytes are there when an event recorded afterwards is reached. Devices that
    /// cannot copy on their own return when the copy is done.
    /// </summary>
    /// <param name="byteOffset">Where the first byte is.</param>
    /// <param name="destination">Where the bytes go, from the device's <see cref="KernelFoundry.Device.AllocateHost"/>.</param>
    /// <param name="destinationOffset">Where the first byte goes.</param>
    /// <param name="length">Number of bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer bytes.</exception>
    public void BeginRead(long byteOffset, HostBuffer destination, long destinationOffset, long length)
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.Require(destinationOffset, length);
        RequireRange(byteOffset, length);
        if (length > 0)
            BeginReadCore(byteOffset, destination, destinationOffset, length);
    }

    /// <summary>
    /// Starts a copy from other memory of the same device, in the order of the device's launches. The two runs of bytes must not overlap. Devices that cannot copy on
    /// their own return when the copy is done.
    /// </summary>
    /// <param name="byteOffset">Where the first byte goes.</param>
    /// <param name="source">The memory copied from.</param>
    /// <param name="sourceOffset">Where the first byte is.</param>
    /// <param name="length">Number of bytes.</param>
    /// <exception cref="ArgumentException">The memory is another device's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer bytes, or they do not fit.</exception>
    public void BeginCopy(long byteOffset, DeviceMemory source, long sourceOffset, long length)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (source.Device != Device)
            throw new ArgumentException($"Memory of device '{source.Device.Name}' cannot be copied to device '{Device.Name}' without the host.", nameof(source));
        source.RequireRange(sourceOffset, length);
        RequireRange(byteOffset, length);
        if (length > 0)
            BeginCopyCore(byteOffset, source, sourceOffset, length);
    }

    internal void RequireUsable() => ObjectDisposedException.ThrowIf(IsDisposed, this);

    /// <summary>The host's address, or an error saying why there is none.</summary>
    internal byte* RequireAddress()
    {
        RequireUsable();
        if (Address == null)
        {
            throw new InvalidOperationException($"Memory on device '{Device.Name}' cannot be read or written in place by the host: use CopyFrom and "
                + "CopyTo.");
        }

        BringToHost();
        return Address;
    }

    private protected virtual void BringToHostCore() => throw new InvalidOperationException("Memory that is never away cannot be brought.");

    private protected abstract void Free();

    private protected abstract void WriteCore(long byteOffset, ReadOnlySpan<byte> source);

    private protected abstract void ReadCore(long byteOffset, Span<byte> destination);

    private protected virtual void BeginWriteCore(long byteOffset, HostBuffer source, long sourceOffset, long length)
    {
        for (long at = 0; at < length; at += PartBytes)
            WriteCore(byteOffset + at, new ReadOnlySpan<byte>(source.Address + sourceOffset + at, (int)Math.Min(PartBytes, length - at)));
    }

    private protected virtual void BeginReadCore(long byteOffset, HostBuffer destination, long destinationOffset, long length)
    {
        for (long at = 0; at < length; at += PartBytes)
            ReadCore(byteOffset + at, new Span<byte>(destination.Address + destinationOffset + at, (int)Math.Min(PartBytes, length - at)));
    }

    private protected virtual void BeginCopyCore(long byteOffset, DeviceMemory source, long sourceOffset, long length)
    {
        var part = new byte[(int)Math.Min(1 << 20, length)];
        for (long at = 0; at < length; at += part.Length)
        {
            Span<byte> bytes = part.AsSpan(0, (int)Math.Min(part.Length, length - at));
            source.ReadCore(sourceOffset + at, bytes);
            WriteCore(byteOffset + at, bytes);
        }
    }

    private void RequireRange(long byteOffset, long length)
    {
        RequireUsable();
        if (byteOffset < 0 || byteOffset > ByteLength - length)
        {
            throw new ArgumentOutOfRangeException(nameof(byteOffset), $"Bytes {byteOffset} to {byteOffset + length} are outside memory of {ByteLength} "
                + "bytes.");
        }
    }
}
