using static KernelFoundry.OpenClNames;

namespace KernelFoundry;

/// <summary>
/// A buffer over memory of the host's, on a device that has no other. It is mapped while it is the host's and unmapped while it is the device's, as
/// OpenCL wants it, which costs a call and copies nothing.
/// </summary>
internal sealed unsafe class OpenClHostMemory : OpenClMemory
{
    private readonly IDisposable? memory;
    private bool isMapped;

    /// <summary>A buffer over host memory.</summary>
    /// <param name="device">The device.</param>
    /// <param name="handle">A cl_mem that was created to use the memory.</param>
    /// <param name="address">The memory.</param>
    /// <param name="byteLength">Its length; the cl_mem has one byte where it is 0.</param>
    /// <param name="memory">What to dispose of with this; may be null.</param>
    public OpenClHostMemory(OpenClDevice device, nint handle, byte* address, long byteLength, IDisposable? memory)
        : base(device, handle, address, byteLength)
    {
        this.memory = memory;
        IsAway = true;
    }

    ~OpenClHostMemory() => Dispose();

    /// <inheritdoc/>
    public override void GiveToDevice()
    {
        if (!isMapped)
            return;
        Owner.Require(OpenClLibrary.EnqueueUnmapMemObject(Owner.Queue, Handle, Address, 0, null, null), "clEnqueueUnmapMemObject");
        isMapped = false;
        IsAway = true;
    }

    private protected override void BringToHostCore()
    {
        lock (Owner.Launching)
        {
            ObjectDisposedException.ThrowIf(Owner.IsDisposed, Owner);
            if (isMapped)
                return;

            // Blocks until all that was launched before has ended.
            int error;
            void* mapped = OpenClLibrary.EnqueueMapBuffer(Owner.Queue, Handle, 1, MapReadWrite, 0, (nuint)Math.Max(ByteLength, 1), 0, null, null, &error);
            Owner.Require(error, "clEnqueueMapBuffer");
            if (mapped != Address)
                throw new DeviceException($"Device '{Owner.Name}' maps memory of the host's elsewhere, which OpenCL forbids. Open it without DeviceFeatures.HostMemory.");
            isMapped = true;
            IsAway = false;
        }
    }

    private protected override void Free()
    {
        // What was launched may still use the memory; a disposed device has waited for it.
        lock (Owner.Launching)
        {
            if (Owner.Queue != 0)
            {
                if (isMapped)
                    _ = OpenClLibrary.EnqueueUnmapMemObject(Owner.Queue, Handle, Address, 0, null, null);
                _ = OpenClLibrary.Finish(Owner.Queue);
            }

            _ = OpenClLibrary.ReleaseMemObject(Handle);
        }

        memory?.Dispose();
    }

    private protected override void WriteCore(long byteOffset, ReadOnlySpan<byte> source)
    {
        ObjectDisposedException.ThrowIf(Owner.IsDisposed, Owner);
        BringToHost();
        source.CopyTo(new Span<byte>(Address + byteOffset, source.Length));
        GC.KeepAlive(this);
    }

    private protected override void ReadCore(long byteOffset, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(Owner.IsDisposed, Owner);
        BringToHost();
        new ReadOnlySpan<byte>(Address + byteOffset, destination.Length).CopyTo(destination);
        GC.KeepAlive(this);
    }
}
