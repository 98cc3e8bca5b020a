namespace KernelFoundry;

/// <summary>Memory of a CUDA device.</summary>
internal sealed unsafe class CudaMemory : DeviceMemory
{
    private readonly CudaDevice owner;
    private readonly CudaQueue queue;

    public CudaMemory(CudaDevice device, CudaQueue queue, ulong pointer, long byteLength)
        : base(device, null, byteLength)
    {
        owner = device;
        this.queue = queue;
        Pointer = pointer;
        queue.Retain();
    }

    ~CudaMemory() => Dispose();

    /// <summary>The device's address of the first byte.</summary>
    public ulong Pointer { get; }

    /// <summary>Whether kernels on a queue reach the memory: it is in the same context.</summary>
    public bool IsReachedFrom(CudaQueue other) => queue.Context == other.Context && queue.Driver == other.Driver;

    private protected override void Free()
    {
        queue.Free(Pointer);
        queue.Release();
    }

    private protected override void WriteCore(long byteOffset, ReadOnlySpan<byte> source)
    {
        owner.RequireCopies("Write");
        owner.Staging.Write(Pointer + (ulong)byteOffset, source);
        GC.KeepAlive(this);
    }

    private protected override void ReadCore(long byteOffset, Span<byte> destination)
    {
        owner.RequireCopies("Read");
        owner.Staging.Read(Pointer + (ulong)byteOffset, destination);
        GC.KeepAlive(this);
    }

    private protected override void BeginWriteCore(long byteOffset, HostBuffer source, long sourceOffset, long length)
    {
        owner.RequireCopies("BeginWrite");
        (source as CudaHostBuffer)?.UsedBy(owner.Queue);
        using CudaScope scope = queue.Enter();
        owner.Queue.Require(
            queue.Driver.MemcpyHtoDAsync(Pointer + (ulong)byteOffset, source.Address + sourceOffset, (nuint)length, owner.Queue.Stream), "cuMemcpyHtoDAsync");
        GC.KeepAlive(this);
        GC.KeepAlive(source);
    }

    private protected override void BeginReadCore(long byteOffset, HostBuffer destination, long destinationOffset, long length)
    {
        owner.RequireCopies("BeginRead");
        (destination as CudaHostBuffer)?.UsedBy(owner.Queue);
        using CudaScope scope = queue.Enter();
        owner.Queue.Require(
            queue.Driver.MemcpyDtoHAsync(destination.Address + destinationOffset, Pointer + (ulong)byteOffset, (nuint)length, owner.Queue.Stream),
            "cuMemcpyDtoHAsync");
        GC.KeepAlive(this);
        GC.KeepAlive(destination);
    }

    private protected override void BeginCopyCore(long byteOffset, DeviceMemory source, long sourceOffset, long length)
    {
        owner.RequireCopies("BeginCopy");
        using CudaScope scope = queue.Enter();
        owner.Queue.Require(
            queue.Driver.MemcpyDtoDAsync(
                Pointer + (ulong)byteOffset, ((CudaMemory)source).Pointer + (ulong)sourceOffset, (nuint)length, owner.Queue.Stream),
            "cuMemcpyDtoDAsync");
        GC.KeepAlive(this);
        GC.KeepAlive(source);
    }
}
