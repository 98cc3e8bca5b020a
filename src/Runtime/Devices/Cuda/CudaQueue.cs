using static KernelFoundry.CudaNames;

namespace KernelFoundry;

/// <summary>
/// A stream in a device's primary context, with a pool that its memory comes from. Lives as long as its device or any memory of it: both hold a
/// reference, and the last one to go releases the handles.
/// </summary>
internal sealed unsafe class CudaQueue
{
    private readonly Lock freeing = new();
    private readonly List<ulong> freedLater = [];
    private int references = 1;
    private bool holdsFrees;
    private nint pool;

    public CudaQueue(ICudaDriver driver, CudaDeviceId id)
    {
        Driver = driver;
        Name = id.Info.Name;
        Ordinal = id.Handle;
        nint handle = 0;
        Require(driver.DevicePrimaryCtxRetain(&handle, id.Handle), "cuDevicePrimaryCtxRetain");
        Context = handle;
        try
        {
            using CudaScope scope = Enter();
            Require(driver.StreamCreate(&handle, StreamNonBlocking), "cuStreamCreate");
            Stream = handle;
            if (id.HasPools)
                CreatePool();
        }
        catch
        {
            Release();
            throw;
        }
    }

    public ICudaDriver Driver { get; }

    public string Name { get; }

    public int Ordinal { get; }

    public nint Context { get; }

    public nint Stream { get; private set; }

    /// <summary>What was launched last: where to look first if the driver reports an error of an earlier launch.</summary>
    public string? LastKernel { get; set; }

    /// <summary>Makes the context the thread's until the scope is disposed of; what was current before is current again then.</summary>
    /// <exception cref="DeviceException">The driver refuses.</exception>
    public CudaScope Enter()
    {
        CudaScope scope = TryEnter();
        Require(scope.Code, "cuCtxPushCurrent");
        return scope;
    }

    /// <summary>
    /// The same without an exception, for what releases: that runs in finalizers, where an exception ends the process. If the context was not entered,
    /// its handles are gone with it or beyond reach, and are left.
    /// </summary>
    public CudaScope TryEnter() => new(this);

    /// <summary>Fails with the device's name unless a call succeeded.</summary>
    public void Require(int code, string call)
    {
        if (code != Success)
            throw Failure(code, call);
    }

    public DeviceException Failure(int code, string call)
    {
        // Errors of kernels come with a later call, and the context is lost after most of them.
        string launched = code >= 700 && LastKernel is { } kernel
            ? $"; a launch before failed, at the latest that of {kernel} (with the environment variable CUDA_LAUNCH_BLOCKING=1 each launch reports its own)"
            : "";
        return new DeviceException($"Device '{Name}': {call} failed: {Driver.ErrorName(code)}{launched}", code >= 700 ? LastKernel : null);
    }

    public void Retain() => Interlocked.Increment(ref references);

    public void Release()
    {
        if (Interlocked.Decrement(ref references) > 0)
            return;
        using (CudaScope scope = TryEnter())
        {
            if (scope.IsEntered && Stream != 0)
            {
                // What was freed is freed in the stream's order.
                _ = Driver.StreamSynchronize(Stream);
                if (pool != 0)
                    _ = Driver.MemPoolDestroy(pool);
                _ = Driver.StreamDestroy(Stream);
                Stream = 0;
            }
        }

        // Needs no current context.
        _ = Driver.DevicePrimaryCtxRelease(Ordinal);
    }

    /// <summary>Zeroed memory, in the stream's order. Returns the driver's code.</summary>
    public int Allocate(long byteLength, out ulong address)
    {
        using CudaScope scope = Enter();
        ulong allocated = 0;
        int code = pool != 0
            ? Driver.MemAllocFromPoolAsync(&allocated, (nuint)byteLength, pool, Stream)
            : Driver.MemAlloc(&allocated, (nuint)byteLength);
        address = allocated;
        if (code == Success && (code = Driver.MemsetD8Async(allocated, 0, (nuint)byteLength, Stream)) != Success)
            _ = FreeNow(allocated);
        return code;
    }

    /// <summary>Frees memory after everything started before. From any thread, a finalizer's too.</summary>
    public void Free(ulong address)
    {
        lock (freeing)
        {
            if (holdsFrees)
            {
                freedLater.Add(address);
                return;
            }

            using CudaScope scope = TryEnter();
            if (scope.IsEntered)
                _ = FreeNow(address);
        }
    }

    /// <summary>Keeps what is freed meanwhile until <see cref="FreeHeld"/>: launches that use it have been recorded, but not started.</summary>
    public void HoldFrees()
    {
        lock (freeing)
            holdsFrees = true;
    }

    public void FreeHeld()
    {
        lock (freeing)
        {
            holdsFrees = false;
            if (freedLater.Count == 0)
                return;
            using CudaScope scope = TryEnter();
            if (scope.IsEntered)
            {
                foreach (ulong address in freedLater)
                    _ = FreeNow(address);
            }

            freedLater.Clear();
        }
    }

    private int FreeNow(ulong address) => pool != 0 ? Driver.MemFreeAsync(address, Stream) : Driver.MemFree(address);

    private void CreatePool()
    {
        var properties = new CudaPoolProperties { AllocationType = PoolAllocationPinned, LocationType = LocationDevice, LocationId = Ordinal };
        nint handle;
        Require(Driver.MemPoolCreate(&handle, &properties), "cuMemPoolCreate");
        pool = handle;

        // What was freed stays in the pool for the next allocation, across synchronizations too.
        ulong everything = ulong.MaxValue;
        Require(Driver.MemPoolSetAttribute(pool, PoolReleaseThreshold, &everything), "cuMemPoolSetAttribute");
    }
}
