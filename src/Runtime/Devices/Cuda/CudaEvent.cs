using static KernelFoundry.CudaNames;

namespace KernelFoundry;

/// <summary>An event of the driver.</summary>
internal sealed unsafe class CudaEvent : DeviceEvent
{
    private readonly CudaDevice device;
    private readonly CudaQueue queue;
    private int disposed;

    private CudaEvent(CudaDevice device, nint handle)
    {
        this.device = device;
        queue = device.Queue;
        Handle = handle;
        queue.Retain();
    }

    ~CudaEvent() => Release();

    public nint Handle { get; }

    // Not in the constructor: the finalizer of an event that was not created would release a reference to the queue that it never had.
    public static CudaEvent Create(CudaDevice device)
    {
        CudaQueue queue = device.Queue;
        using CudaScope scope = queue.Enter();
        nint created;
        queue.Require(queue.Driver.EventCreate(&created, EventDefault), "cuEventCreate");
        return new CudaEvent(device, created);
    }

    /// <inheritdoc/>
    public override bool IsReached
    {
        get
        {
            using CudaScope scope = Enter();
            int code = queue.Driver.EventQuery(Handle);
            GC.KeepAlive(this);
            if (code is not (Success or ErrorNotReady))
                throw queue.Failure(code, "cuEventQuery");
            return code == Success;
        }
    }

    /// <inheritdoc/>
    public override void Record()
    {
        device.RequireNotRecording("Recording an event");
        using CudaScope scope = Enter();
        queue.Require(queue.Driver.EventRecord(Handle, queue.Stream), "cuEventRecord");
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public override void Wait()
    {
        device.RequireNotRecording("Waiting for an event");
        using CudaScope scope = Enter();
        queue.Require(queue.Driver.EventSynchronize(Handle), "cuEventSynchronize");
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public override TimeSpan ElapsedSince(DeviceEvent earlier)
    {
        if (earlier is not CudaEvent start || start.queue.Context != queue.Context)
            throw new ArgumentException("The earlier event is of another device.", nameof(earlier));
        start.Wait();
        Wait();
        using CudaScope scope = Enter();
        float milliseconds;
        queue.Require(queue.Driver.EventElapsedTime(&milliseconds, start.Handle, Handle), "cuEventElapsedTime");
        GC.KeepAlive(start);
        GC.KeepAlive(this);
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    /// <summary>Whether the event's driver is a queue's, so that the one can wait for the other.</summary>
    public bool IsOf(CudaQueue other) => queue.Driver == other.Driver;

    /// <summary>Makes what a queue is given from now on wait for the event.</summary>
    public void HoldUp(CudaQueue other)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
        using CudaScope scope = other.Enter();
        other.Require(other.Driver.StreamWaitEvent(other.Stream, Handle, 0), "cuStreamWaitEvent");
        GC.KeepAlive(this);
    }

    private protected override void Release()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        using (CudaScope scope = queue.TryEnter())
        {
            if (scope.IsEntered)
                _ = queue.Driver.EventDestroy(Handle);
        }

        queue.Release();
    }

    private CudaScope Enter()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
        return queue.Enter();
    }
}
