using System.Collections.Concurrent;

namespace KernelFoundry;

/// <summary>
/// Runs generated PTX through NVIDIA's driver. A device is one stream in its GPU's primary context; modules are loaded when first launched. Program ids are
/// block ids. A kernel's parameters are the launch's argument slots in their order, a pointer as the address of the view's first element.
/// </summary>
internal sealed unsafe partial class CudaDevice : Device
{
    private readonly CudaDeviceId id;
    private readonly int newestCode;
    private readonly ConcurrentDictionary<CudaCode, CudaFunction> functions = new();
    private readonly Lock loading = new();
    private readonly Lock graphs = new();
    private CudaGraph? recording;
    private int recordingThread;

    private CudaDevice(ICudaDriver driver, CudaDeviceId id, DeviceOptions options)
        : base(id.Info with { Features = id.Info.Features & ~options.Without }, options.LaunchLog)
    {
        this.id = id;
        newestCode = Info.Features.HasFlag(DeviceFeatures.MatrixInstructions) ? id.Target : Math.Min(id.Target, CudaPlatform.MatrixTarget - 1);
        Queue = new CudaQueue(driver, id);
        Staging = new CudaStaging(Queue);
    }

    ~CudaDevice() => ReleaseHandles();

    /// <inheritdoc/>
    public override bool SharesHostMemory => false;

    public CudaQueue Queue { get; }

    public CudaStaging Staging { get; }

    /// <summary>Whether the calling thread's launches are being recorded.</summary>
    private protected override bool IsRecording => recording is not null && recordingThread == Environment.CurrentManagedThreadId;

    public static CudaDevice Open(DeviceInfo info, DeviceOptions options)
    {
        // Several GPUs may be alike: it is this very one that is meant.
        CudaDeviceId id = CudaPlatform.Devices.FirstOrDefault(device => ReferenceEquals(device.Info, info))
            ?? throw new DeviceException($"CUDA device '{info.Name}' is gone.");
        return Open(CudaLibrary.Instance!, id, options);
    }

    /// <summary>Opens a device of any driver.</summary>
    public static CudaDevice Open(ICudaDriver driver, CudaDeviceId id, DeviceOptions options) =>
        id.Info.Unavailable is { } reason ? throw new DeviceException($"CUDA device '{id.Info.Name}': {reason}.") : new(driver, id, options);

    /// <inheritdoc/>
    public override void Synchronize()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        RequireCopies(nameof(Synchronize));
        using CudaScope scope = Queue.Enter();
        Queue.Require(Queue.Driver.StreamSynchronize(Queue.Stream), "cuStreamSynchronize");
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public override DeviceEvent CreateEvent()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return CudaEvent.Create(this);
    }

    /// <inheritdoc/>
    public override void WaitFor(DeviceEvent other)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        RequireCopies(nameof(WaitFor));
        if (other is CudaEvent of && of.IsOf(Queue))
            of.HoldUp(Queue);
        else
            base.WaitFor(other);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public override LaunchGraph CreateGraph()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return new CudaGraph(this);
    }

    /// <inheritdoc/>
    public override HostBuffer AllocateHost(long byteLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        RequireCopies(nameof(AllocateHost));
        CudaHostBuffer allocated = CudaHostBuffer.Allocate(Queue, byteLength);
        GC.KeepAlive(this);
        return allocated;
    }

    /// <summary>Fails where a copy, an allocation or a wait would happen at another time than where it is written.</summary>
    public void RequireCopies(string operation)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        RequireNotRecording(operation);
    }

    /// <summary>The same for what outlives the device, as its events do.</summary>
    public void RequireNotRecording(string operation)
    {
        if (IsRecording)
        {
            throw new InvalidOperationException(
                $"{operation} on device '{Name}' inside LaunchGraph.Run: its launches start when the method has returned, so copies, allocations and waits "
                + "belong before or after.");
        }
    }

    /// <summary>Records the calling thread's launches from now on instead of starting them.</summary>
    public void BeginRecording(CudaGraph graph)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (IsRecording)
            throw new InvalidOperationException($"A graph runs already on device '{Name}', and there is none inside another.");

        // Graphs of other threads take turns.
        graphs.Enter();
        recording = graph;
        recordingThread = Environment.CurrentManagedThreadId;
        Queue.HoldFrees();
    }

    public void EndRecording()
    {
        Queue.FreeHeld();
        recordingThread = 0;
        recording = null;
        graphs.Exit();
    }

    private protected override bool CanUse(DeviceMemory memory) => memory is CudaMemory of && of.IsReachedFrom(Queue);

    private protected override DeviceMemory AllocateCore(long byteLength)
    {
        RequireCopies("Allocate");

        // CUDA has no empty allocations.
        long size = Math.Max(byteLength, 1);
        int error = Queue.Allocate(size, out ulong pointer);
        if (error != CudaNames.Success)
        {
            throw new DeviceException(
                $"Device '{Name}' (memory {Info.MemoryBytes} bytes) cannot allocate {size} bytes: {Queue.Driver.ErrorName(error)}");
        }

        return new CudaMemory(this, Queue, pointer, byteLength);
    }

    private protected override void Close() => ReleaseHandles();

    private void ReleaseHandles()
    {
        // A constructor that failed has released what it had.
        if (Queue is null)
            return;
        lock (loading)
        {
            // Kernels that still run need their modules, and copies their buffers.
            using (CudaScope scope = Queue.TryEnter())
            {
                if (scope.IsEntered)
                    _ = Queue.Driver.StreamSynchronize(Queue.Stream);
            }

            Staging.Free();
            using (CudaScope scope = Queue.TryEnter())
            {
                if (scope.IsEntered)
                {
                    foreach (CudaFunction function in functions.Values)
                        function.Unload(Queue);
                }
            }

            functions.Clear();
        }

        Queue.Release();
    }
}
