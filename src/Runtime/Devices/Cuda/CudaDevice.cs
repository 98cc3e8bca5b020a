using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace KernelFoundry;

/// <summary>
/// Runs generated PTX through NVIDIA's driver. A device is one stream in its GPU's primary context; modules are loaded when first launched. Program ids are
/// block ids. A kernel's parameters are the launch's argument slots in their order, a pointer as the address of the view's first element.
/// </summary>
internal sealed unsafe class CudaDevice : Device
{
    private readonly CudaDeviceId id;
    private readonly ConcurrentDictionary<CudaCode, CudaFunction> functions = new();
    private readonly Lock loading = new();
    private readonly Lock graphs = new();
    private CudaGraph? recording;
    private int recordingThread;

    private CudaDevice(ICudaDriver driver, CudaDeviceId id, DeviceOptions options)
        : base(id.Info, options.LaunchLog)
    {
        this.id = id;
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

    [SkipLocalsInit]
    private protected override void LaunchCore(KernelVariantSet kernel, KernelVariant variant, ref KernelArguments arguments)
    {
        CudaCode code = CodeFor(kernel, variant);
        LaunchShape shape = default;
        fixed (long* slots = &arguments.FirstSlot)
            code.Plan(slots, &shape);
        if (LaunchTracing.IsOn)
            LaunchTracing.Programs(shape);
        if (shape.IsEmpty)
            return;

        CudaFunction function = FunctionFor(code, kernel.Kernel.Name);
        RequireLimits(function, shape, arguments.SlotCount);
        function.RequireShared(Queue, shape.LocalBytes);
        long* values = stackalloc long[KernelArguments.MaxSlots];
        Fill(values, arguments);
        if (IsRecording)
            recording!.Add(function, shape, new ReadOnlySpan<long>(values, arguments.SlotCount));
        else
            Start(function, shape, values, arguments.SlotCount);
        GC.KeepAlive(this);
    }

    private protected override void Close() => ReleaseHandles();

    // Slots are 64 bits wide, and a parameter of 32 bits is the lower half: the slots themselves are what the driver copies from.
    private static void Fill(long* values, in KernelArguments arguments)
    {
        ReadOnlySpan<long> slots = arguments.Slots;
        ReadOnlySpan<SlotKind> kinds = arguments.Kinds;
        int view = 0;
        for (int i = 0; i < slots.Length; i++)
        {
            // A default view has no memory: it becomes an address that no program reads.
            values[i] = kinds[i] == SlotKind.Pointer && arguments.Memories[view++] is CudaMemory memory ? (long)memory.Pointer + slots[i] : slots[i];
        }
    }

    [SkipLocalsInit]
    private void Start(CudaFunction function, in LaunchShape shape, long* values, int count)
    {
        void** parameters = stackalloc void*[KernelArguments.MaxSlots];
        for (int i = 0; i < count; i++)
            parameters[i] = values + i;
        Queue.LastKernel = function.KernelName;
        using CudaScope scope = Queue.Enter();
        int error = Queue.Driver.LaunchKernel(
            function.Handle, (uint)shape.Grid0, (uint)shape.Grid1, (uint)shape.Grid2, (uint)shape.WorkGroup, 1, 1, (uint)shape.LocalBytes, Queue.Stream,
            parameters);
        if (error != CudaNames.Success)
        {
            throw new DeviceException(
                $"Kernel {function.KernelName} could not be launched on device '{Name}' with grid {shape} and blocks of {shape.WorkGroup}: "
                + Queue.Driver.ErrorName(error),
                function.KernelName);
        }
    }

    private CudaCode CodeFor(KernelVariantSet kernel, KernelVariant variant)
    {
        CudaCode? best = null;

        // By index: a launch allocates no enumerator.
        IReadOnlyList<CudaCode> codes = variant.Cuda;
        for (int i = 0; i < codes.Count; i++)
        {
            CudaCode code = codes[i];
            if (code.Target <= id.Target && code.Target > (best?.Target ?? 0))
                best = code;
        }

        return best ?? throw (variant.Cuda.Count == 0
            ? NoCode(kernel, variant, DeviceKind.Cuda)
            : new KernelNotCompiledException(
                $"Kernel {kernel.Kernel.Name}, variant {variant}, has PTX for {string.Join(", ", variant.Cuda.Select(code => $"sm_{code.Target}"))} and "
                + $"later, but device '{Name}' is sm_{id.Target}."));
    }

    private CudaFunction FunctionFor(CudaCode code, string kernelName)
    {
        if (functions.TryGetValue(code, out CudaFunction? loaded))
            return loaded;
        lock (loading)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            if (!functions.TryGetValue(code, out loaded))
                functions[code] = loaded = new CudaFunction(Queue, id, code, kernelName);
            return loaded;
        }
    }

    private void RequireLimits(CudaFunction function, in LaunchShape shape, int arguments)
    {
        string kernelName = function.KernelName;
        if (arguments != function.ParameterCount)
        {
            throw new DeviceException(
                $"Kernel {kernelName} was launched with {arguments} arguments on device '{Name}', but its code has {function.ParameterCount}.", kernelName);
        }

        long shared = shape.LocalBytes + function.StaticSharedBytes;
        if (shared > Info.LocalMemoryBytes)
        {
            throw new DeviceException(
                $"Kernel {kernelName} needs {shared} bytes of shared memory per program, but device '{Name}' has {Info.LocalMemoryBytes}. "
                + "Give its [Schedule] parameters a smaller value.",
                kernelName);
        }

        if (shape.WorkGroup > function.MaxWorkGroup)
        {
            throw new DeviceException(
                $"Kernel {kernelName} runs with blocks of {shape.WorkGroup} threads, but device '{Name}' allows {function.MaxWorkGroup} for it. "
                + "Give [Kernel] a smaller WorkGroup.",
                kernelName);
        }

        if (shape.Grid1 > id.MaxGrid1 || shape.Grid2 > id.MaxGrid1)
        {
            throw new DeviceException(
                $"Kernel {kernelName} has a grid of {shape}, but device '{Name}' allows {id.MaxGrid1} programs along axes 1 and 2. "
                + "Give axis 0 the largest extent, or launch it in parts.",
                kernelName);
        }
    }

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
