namespace KernelFoundry;

/// <summary>A cl_mem buffer.</summary>
internal sealed unsafe class OpenClMemory : DeviceMemory
{
    private readonly OpenClDevice owner;

    public OpenClMemory(OpenClDevice device, nint handle, long byteLength)
        : base(device, null, byteLength)
    {
        owner = device;
        Handle = handle;
    }

    ~OpenClMemory() => Dispose();

    public nint Handle { get; }

    private protected override void Free() => _ = OpenClLibrary.ReleaseMemObject(Handle);

    private protected override void WriteCore(long byteOffset, ReadOnlySpan<byte> source)
    {
        ObjectDisposedException.ThrowIf(owner.IsDisposed, owner);
        fixed (byte* first = source)
        {
            owner.Require(OpenClLibrary.EnqueueWriteBuffer(
                owner.Queue, Handle, 1, (nuint)byteOffset, (nuint)source.Length, first, 0, null, null), "clEnqueueWriteBuffer");
        }

        GC.KeepAlive(this);
    }

    private protected override void ReadCore(long byteOffset, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(owner.IsDisposed, owner);
        fixed (byte* first = destination)
        {
            owner.Require(OpenClLibrary.EnqueueReadBuffer(
                owner.Queue, Handle, 1, (nuint)byteOffset, (nuint)destination.Length, first, 0, null, null), "clEnqueueReadBuffer");
        }

        GC.KeepAlive(this);
    }
}
