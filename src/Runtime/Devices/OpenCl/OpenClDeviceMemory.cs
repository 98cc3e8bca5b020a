namespace KernelFoundry;

/// <summary>A buffer in memory of the device's own, reached by copies alone.</summary>
internal sealed unsafe class OpenClDeviceMemory(OpenClDevice device, nint handle, long byteLength) : OpenClMemory(device, handle, null, byteLength)
{
    ~OpenClDeviceMemory() => Dispose();

    private protected override void Free() => _ = OpenClLibrary.ReleaseMemObject(Handle);

    private protected override void WriteCore(long byteOffset, ReadOnlySpan<byte> source)
    {
        ObjectDisposedException.ThrowIf(Owner.IsDisposed, Owner);
        fixed (byte* first = source)
        {
            Owner.Require(OpenClLibrary.EnqueueWriteBuffer(
                Owner.Queue, Handle, 1, (nuint)byteOffset, (nuint)source.Length, first, 0, null, null), "clEnqueueWriteBuffer");
        }

        GC.KeepAlive(this);
    }

    private protected override void ReadCore(long byteOffset, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(Owner.IsDisposed, Owner);
        fixed (byte* first = destination)
        {
            Owner.Require(OpenClLibrary.EnqueueReadBuffer(
                Owner.Queue, Handle, 1, (nuint)byteOffset, (nuint)destination.Length, first, 0, null, null), "clEnqueueReadBuffer");
        }

        GC.KeepAlive(this);
    }
}
