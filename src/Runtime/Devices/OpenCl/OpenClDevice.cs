using static KernelFoundry.OpenClNames;

namespace KernelFoundry;

/// <summary>
/// Runs generated OpenCL C through the system's OpenCL. One context and one in-order queue; kernels are built when first launched. Program ids
/// are work-group ids, so a grid of g0 x g1 x g2 with work-groups of w items has the global size (g0 * w, g1, g2).
/// </summary>
internal sealed unsafe class OpenClDevice : Device
{
    private readonly Lock launching = new();
    private readonly Dictionary<OpenClCode, OpenClKernel> kernels = [];

    private OpenClDevice(OpenClDeviceId id, TextWriter? launchLog)
        : base(id.Info, launchLog)
    {
        Handle = id.Handle;
        CacheIdentity = $"{id.Info.Name}|{id.Info.Driver}|{id.Versions}";
        nint handle = id.Handle;
        int error;
        Context = OpenClLibrary.CreateContext(null, 1, &handle, null, null, &error);
        Require(error, "clCreateContext");
        Queue = OpenClLibrary.CreateCommandQueue(Context, handle, 0, &error);
        Require(error, "clCreateCommandQueue");
    }

    ~OpenClDevice() => ReleaseHandles();

    /// <inheritdoc/>
    public override bool SharesHostMemory => false;

    public nint Handle { get; }

    public nint Context { get; private set; }

    public nint Queue { get; private set; }

    /// <summary>Everything but source and options that a built program depends on.</summary>
    public string CacheIdentity { get; }

    public static OpenClDevice Open(DeviceInfo info, DeviceOptions options)
    {
        OpenClDeviceId id = OpenClPlatform.Devices.FirstOrDefault(device => device.Info == info)
            ?? throw new DeviceException($"OpenCL device '{info.Name}' is gone.");
        return new OpenClDevice(id, options.LaunchLog);
    }

    /// <inheritdoc/>
    public override void Synchronize()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        Require(OpenClLibrary.Finish(Queue), "clFinish");
    }

    /// <summary>Fails with the device's name unless a call succeeded.</summary>
    public void Require(int code, string call)
    {
        if (code != Success)
            throw new DeviceException($"Device '{Name}': {call} failed: {ErrorName(code)}");
    }

    private protected override bool CanUse(DeviceMemory memory) => memory.Device == this;

    private protected override DeviceMemory AllocateCore(long byteLength)
    {
        // OpenCL has no empty buffers.
        long size = Math.Max(byteLength, 1);
        int error;
        nint buffer = OpenClLibrary.CreateBuffer(Context, MemReadWrite, (nuint)size, null, &error);
        if (error != Success)
            throw new DeviceException($"Device '{Name}' (memory {Info.MemoryBytes} bytes) cannot allocate {size} bytes: {ErrorName(error)}");
        var memory = new OpenClMemory(this, buffer, byteLength);
        byte zero = 0;
        error = OpenClLibrary.EnqueueFillBuffer(Queue, buffer, &zero, 1, 0, (nuint)size, 0, null, null);
        if (error != Success)
        {
            memory.Dispose();
            throw new DeviceException($"Device '{Name}' (memory {Info.MemoryBytes} bytes) cannot allocate {size} bytes: {ErrorName(error)}");
        }

        return memory;
    }

    private protected override void LaunchCore(KernelVariantSet kernel, KernelVariant variant, ref KernelArguments arguments)
    {
        OpenClCode code = variant.OpenCl ?? throw NoCode(kernel, variant, DeviceKind.OpenCl);
        LaunchShape shape = default;
        fixed (long* slots = &arguments.FirstSlot)
            code.Plan(slots, &shape);
        if (shape.IsEmpty)
            return;

        // A cl_kernel holds its arguments until it is enqueued, so two launches must not set them at once.
        lock (launching)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            OpenClKernel built = KernelFor(code, kernel.Kernel.Name);
            RequireLimits(kernel.Kernel.Name, built, shape);
            SetArguments(kernel.Kernel.Name, built, shape, arguments);
            Enqueue(kernel.Kernel.Name, built, shape);
        }

        GC.KeepAlive(this);
    }

    private protected override void Close()
    {
        lock (launching)
        {
            _ = OpenClLibrary.Finish(Queue);
            foreach (OpenClKernel kernel in kernels.Values)
                kernel.Dispose();
            kernels.Clear();
            ReleaseHandles();
        }
    }

    private OpenClKernel KernelFor(OpenClCode code, string kernelName)
    {
        if (!kernels.TryGetValue(code, out OpenClKernel? built))
            kernels[code] = built = new OpenClKernel(this, OpenClProgram.Build(this, code, kernelName), code, kernelName);
        return built;
    }

    private void RequireLimits(string kernelName, OpenClKernel built, in LaunchShape shape)
    {
        long local = shape.LocalBytes + built.StaticLocalBytes;
        if (local > Info.LocalMemoryBytes)
        {
            throw new DeviceException(
                $"Kernel {kernelName} needs {local} bytes of local memory per program, but device '{Name}' has {Info.LocalMemoryBytes}. "
                + "Give its [Schedule] parameters a smaller OpenCl value.",
                kernelName);
        }

        if (shape.WorkGroup > built.MaxWorkGroup)
        {
            throw new DeviceException(
                $"Kernel {kernelName} runs with work-groups of {shape.WorkGroup} items, but device '{Name}' allows {built.MaxWorkGroup} for it. "
                + "Give [Kernel] a smaller WorkGroup.",
                kernelName);
        }
    }

    private void SetArguments(string kernelName, OpenClKernel built, in LaunchShape shape, in KernelArguments arguments)
    {
        ReadOnlySpan<long> slots = arguments.Slots;
        ReadOnlySpan<SlotKind> kinds = arguments.Kinds;
        uint index = 0;
        int view = 0;
        for (int i = 0; i < slots.Length; i++)
        {
            long value = slots[i];
            switch (kinds[i])
            {
                case SlotKind.Pointer:
                    // A default view has no memory: it becomes a null buffer that no program reads.
                    nint buffer = (arguments.Memories[view++] as OpenClMemory)?.Handle ?? 0;
                    Set(kernelName, built, index++, (nuint)sizeof(nint), &buffer);
                    Set(kernelName, built, index++, sizeof(long), &value);
                    break;
                case SlotKind.Stride:
                    Set(kernelName, built, index++, sizeof(long), &value);
                    break;
                default:
                    int word = (int)value;
                    Set(kernelName, built, index++, sizeof(int), &word);
                    break;
            }
        }

        // The scratch argument is in the source whenever any launch may need it; a local argument of no bytes is an error.
        if (index < built.ArgumentCount)
            Set(kernelName, built, index++, (nuint)Math.Max(shape.LocalBytes, 16), null);
        if (index != built.ArgumentCount)
        {
            throw new DeviceException(
                $"Kernel {kernelName} was launched with {index} arguments on device '{Name}', but its code has {built.ArgumentCount}.",
                kernelName);
        }
    }

    private void Set(string kernelName, OpenClKernel built, uint index, nuint size, void* value)
    {
        int code = OpenClLibrary.SetKernelArg(built.Handle, index, size, value);
        if (code != Success)
        {
            throw new DeviceException(
                $"Kernel {kernelName} on device '{Name}': setting argument {index} of {built.ArgumentCount} failed: {ErrorName(code)}",
                kernelName);
        }
    }

    private void Enqueue(string kernelName, OpenClKernel built, in LaunchShape shape)
    {
        nuint* global = stackalloc nuint[3] { checked((nuint)shape.Grid0 * (nuint)shape.WorkGroup), (nuint)shape.Grid1, (nuint)shape.Grid2 };
        nuint* local = stackalloc nuint[3] { (nuint)shape.WorkGroup, 1, 1 };
        int code = OpenClLibrary.EnqueueNDRangeKernel(Queue, built.Handle, 3, null, global, local, 0, null, null);
        if (code != Success)
        {
            throw new DeviceException(
                $"Kernel {kernelName} could not be launched on device '{Name}' with grid {shape} and work-groups of {shape.WorkGroup}: "
                + ErrorName(code),
                kernelName);
        }
    }

    private void ReleaseHandles()
    {
        if (Queue != 0)
            _ = OpenClLibrary.ReleaseCommandQueue(Queue);
        if (Context != 0)
            _ = OpenClLibrary.ReleaseContext(Context);
        Queue = 0;
        Context = 0;
    }
}
