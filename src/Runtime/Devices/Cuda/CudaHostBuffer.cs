namespace KernelFoundry;

/// <summary>Host memory that the driver has page-locked.</summary>
internal sealed unsafe class CudaHostBuffer : HostBuffer
{
    private readonly CudaQueue queue;

    private CudaHostBuffer(CudaQueue queue, byte* address, long byteLength)
        : base(address, byteLength)
    {
        this.queue = queue;
        queue.Retain();
    }

    ~CudaHostBuffer() => Dispose();

    public static CudaHostBuffer Allocate(CudaQueue queue, long byteLength)
    {
        using CudaScope scope = queue.Enter();
        void* allocated;
        queue.Require(queue.Driver.MemHostAlloc(&allocated, (nuint)Math.Max(1, byteLength), 0), "cuMemHostAlloc");
        new Span<byte>(allocated, (int)Math.Min(int.MaxValue, byteLength)).Clear();
        return new CudaHostBuffer(queue, (byte*)allocated, byteLength);
    }

    private protected override void Free()
    {
        using (queue.Enter())
            _ = queue.Driver.MemFreeHost(Address);
        queue.Release();
    }
}
