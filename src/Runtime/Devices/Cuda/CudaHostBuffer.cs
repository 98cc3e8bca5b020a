using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>Host memory that the driver has page-locked.</summary>
internal sealed unsafe class CudaHostBuffer : HostBuffer
{
    private readonly CudaQueue queue;
    private readonly List<CudaQueue> users = [];

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
        NativeMemory.Clear(allocated, (nuint)byteLength);
        return new CudaHostBuffer(queue, (byte*)allocated, byteLength);
    }

    /// <summary>Notes that a queue is about to copy from or to the buffer: its own, or that of another device.</summary>
    public void UsedBy(CudaQueue user)
    {
        lock (users)
        {
            if (users.Contains(user))
                return;
            user.Retain();
            users.Add(user);
        }
    }

    private protected override void Free()
    {
        // A copy that was started may be under way still, and the driver does not say that freeing waits for it.
        lock (users)
        {
            foreach (CudaQueue user in users)
            {
                using (CudaScope scope = user.TryEnter())
                {
                    if (scope.IsEntered)
                        _ = user.Driver.StreamSynchronize(user.Stream);
                }

                user.Release();
            }

            users.Clear();
        }

        using (CudaScope scope = queue.TryEnter())
        {
            if (scope.IsEntered)
                _ = queue.Driver.MemFreeHost(Address);
        }

        queue.Release();
    }
}
