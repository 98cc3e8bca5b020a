namespace KernelFoundry;

/// <summary>
/// A run of bytes on a device. Views point into it. Disposing it frees what it owns; views of it must not be used afterwards, and launches
/// refuse them.
/// </summary>
public abstract unsafe class DeviceMemory : IDisposable
{
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
    public bool IsDisposed { get; private set; }

    /// <summary>The host's address of the first byte; null if the host cannot address it.</summary>
    internal byte* Address { get; private set; }

    /// <summary>Frees the memory if it is owned. Disposing twice does nothing.</summary>
    public void Dispose()
    {
        if (!IsDisposed)
        {
            IsDisposed = true;
            Free();
            Address = null;
        }

        GC.SuppressFinalize(this);
    }

    internal void RequireUsable() => ObjectDisposedException.ThrowIf(IsDisposed, this);

    /// <summary>The host's address, or an error saying why there is none.</summary>
    internal byte* RequireAddress()
    {
        RequireUsable();
        if (Address == null && ByteLength > 0)
        {
            throw new InvalidOperationException($"Memory on device '{Device.Name}' cannot be read or written in place by the host: use CopyFrom and "
                + "CopyTo.");
        }

        return Address;
    }

    private protected abstract void Free();
}
