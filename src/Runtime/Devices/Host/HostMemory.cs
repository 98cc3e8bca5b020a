namespace KernelFoundry;

/// <summary>Memory in the host's address space.</summary>
internal abstract unsafe class HostMemory(Device device, byte* address, long byteLength) : DeviceMemory(device, address, byteLength)
{
    private protected override void WriteCore(long byteOffset, ReadOnlySpan<byte> source)
    {
        source.CopyTo(new Span<byte>(Address + byteOffset, source.Length));
        GC.KeepAlive(this);
    }

    private protected override void ReadCore(long byteOffset, Span<byte> destination)
    {
        new ReadOnlySpan<byte>(Address + byteOffset, destination.Length).CopyTo(destination);
        GC.KeepAlive(this);
    }
}
