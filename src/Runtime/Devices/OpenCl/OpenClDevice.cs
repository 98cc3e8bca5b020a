using static KernelFoundry.OpenClNames;

namespace KernelFoundry;

/// <summary>
/// Runs generated OpenCL C through the system's OpenCL. One context and one in-order queue; kernels are built when first launched. Program ids
/// are work-group ids, so a grid of g0 x g1 x g2 with work-groups of w items has the global size (g0 * w, g1, g2).
/// </summary>
internal sealed unsafe class OpenClDevice : Device
{
    private readonly DeviceFeatures features;
    private readonly int alignment;
    private readonly string newestStandard;
    private readonly Dictionary<OpenClCode, bool> fitting = [];
    private readonly Dictionary<OpenClCode, OpenClKernel> kernels = [];

    private OpenClDevice(OpenClDeviceId id, DeviceOptions options)
        : base(
            id.Info with
            {
                Features = (id.Info.Features | options.Claimed) & ~options.Without,
                MaxWorkGroup = Math.Min(id.Info.MaxWorkGroup, options.MaxWorkGroup ?? int.MaxValue),
            },
            options.LaunchLog)
    {
        Handle = id.Handle;
        features = Info.Features;
        newestStandard = OpenClProgram.NewestStandard(OpenClPlatform.DeviceText(id.Handle, DeviceVersion));
        alignment = Math.Max(64, (int)OpenClPlatform.DeviceValue<uint>(Handle, DeviceMemBaseAddrAlign) / 8);
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
    public override bool SharesHostMemory => features.HasFlag(DeviceFeatures.HostMemory);

    /// <summary>Held while work is enqueued, and while memory passes between host and device.</summary>
    public Lock Launching { get; } = new();

    public nint Handle { get; }

    public nint Context { get; private set; }

    public nint Queue { get; private set; }

    /// <summary>Everything but source and options that a built program depends on.</summary>
    public string CacheIdentity { get; }

    public static OpenClDevice Open(DeviceInfo info, DeviceOptions options)
    {
        OpenClDeviceId id = OpenClPlatform.Devices.FirstOrDefault(device => ReferenceEquals(device.Info, info))
            ?? throw new DeviceException($"OpenCL device '{info.Name}' is gone.");
        return new OpenClDevice(id, options);
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

    // A processor's driver uses its memory as it is; that of a graphics processor may keep a copy between two mappings.
    private protected override bool BorrowsHostMemory => SharesHostMemory && !Info.IsAccelerator;

    private protected override bool CanUse(DeviceMemory memory) => memory.Device == this;

    internal override DeviceMemory Borrow(byte* address, long byteLength, IDisposable? owner)
    {
        if (byteLength == 0)
        {
            owner?.Dispose();
            return AllocateCore(0);
        }

        return HostBuffer(address, byteLength, byteLength, owner);
    }

    private protected override DeviceMemory? TryWrap(byte* address, long byteLength, IDisposable? owner)
    {
        // A graphics processor's driver copies what is not whole pages, and copies back what it thinks it changed: into a file mapped to be read.
        bool isWhole = (long)address % 4096 == 0 && byteLength % 64 == 0;
        return BorrowsHostMemory || (SharesHostMemory && isWhole && byteLength > 0) ? Borrow(address, byteLength, owner) : null;
    }

    private OpenClHostMemory HostBuffer(byte* address, long byteLength, long size, IDisposable? owner)
    {
        int error;
        nint buffer = OpenClLibrary.CreateBuffer(Context, MemReadWrite | MemUseHostPtr, (nuint)size, address, &error);
        if (error == Success)
            return new OpenClHostMemory(this, buffer, address, byteLength, owner);
        owner?.Dispose();
        throw new DeviceException($"Device '{Name}' (memory {Info.MemoryBytes} bytes) cannot use {size} bytes of the host's memory: {ErrorName(error)}");
    }

    private protected override DeviceMemory AllocateCore(long byteLength)
    {
        if (SharesHostMemory)
        {
            var block = new OpenClHostBlock(byteLength, alignment);
            return HostBuffer(block.Address, byteLength, Math.Max(byteLength, 1), block);
        }

        // OpenCL has no empty buffers.
        long size = Math.Max(byteLength, 1);
        int error;
        nint buffer = OpenClLibrary.CreateBuffer(Context, MemReadWrite, (nuint)size, null, &error);
        if (error != Success)
            throw new DeviceException($"Device '{Name}' (memory {Info.MemoryBytes} bytes) cannot allocate {size} bytes: {ErrorName(error)}");
        var memory = new OpenClDeviceMemory(this, buffer, byteLength);
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
        {
            if (code.SubGroups is { } withSubGroups && Fits(withSubGroups, kernel.Kernel.Name, slots))
                code = withSubGroups;
            code.Plan(slots, &shape);
        }

        if (shape.IsEmpty)
            return;

        // A cl_kernel holds its arguments until it is enqueued, so two launches must not set them at once.
        lock (Launching)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            OpenClKernel built = KernelFor(code, kernel.Kernel.Name, shape.WorkGroup);
            shape.WorkGroup = built.WorkGroup ?? shape.WorkGroup;
            RequireLimits(kernel.Kernel.Name, built, shape);
            SetArguments(kernel.Kernel.Name, built, shape, arguments);
            Enqueue(kernel.Kernel.Name, built, shape);
        }

        GC.KeepAlive(this);
    }

    private protected override void Close()
    {
        lock (Launching)
        {
            ReleaseHandles();
        }
    }

    // Code with sub-groups shuffles among 32 work-items: the driver may have chosen smaller ones, or have no way to say.
    private bool Fits(OpenClCode code, string kernelName, long* slots)
    {
        if (!features.HasFlag(DeviceFeatures.SubGroups))
            return false;
        lock (Launching)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            if (!fitting.TryGetValue(code, out bool fits))
            {
                LaunchShape shape = default;
                code.Plan(slots, &shape);
                nint program = OpenClProgram.Build(this, code, OpenClProgram.OptionsFor(code, features, newestStandard, hasSubGroups: true), kernelName);
                OpenClKernel built = kernels[code] = new OpenClKernel(this, program, code, kernelName);
                fitting[code] = fits = shape.WorkGroup <= MostItems(built) && built.SubGroupSize(Handle, shape.WorkGroup) is > 0 and var size && size % 32 == 0;
            }

            return fits;
        }
    }

    // Code that names its group's size is built for half as many work-items, and half of these, until the device can have as many.
    private OpenClKernel KernelFor(OpenClCode code, string kernelName, int wanted)
    {
        if (kernels.TryGetValue(code, out OpenClKernel? built))
            return built;
        bool canShrink = code.Source.Contains(OpenClProgram.GroupName, StringComparison.Ordinal);
        int group = wanted;
        while (canShrink && group > 1 && group > Info.MaxWorkGroup)
            group /= 2;
        while (true)
        {
            string options = group == wanted ? "" : $" -D {OpenClProgram.GroupName}={group}";
            nint program = OpenClProgram.Build(this, code, OpenClProgram.OptionsFor(code, features, newestStandard) + options, kernelName);
            built = new OpenClKernel(this, program, code, kernelName, canShrink ? group : null);
            if (!canShrink || group == 1 || group <= MostItems(built))
                return kernels[code] = built;
            built.Dispose();
            group /= 2;
        }
    }

    private int MostItems(OpenClKernel built) => Math.Min(built.MaxWorkGroup, Info.MaxWorkGroup);

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

        if (shape.WorkGroup > MostItems(built))
        {
            throw new DeviceException(
                $"Kernel {kernelName} runs with work-groups of {shape.WorkGroup} items, but device '{Name}' allows {MostItems(built)} for it. "
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
                    // A default view has no memory: it becomes a null buffer that no program reads. A slot holds the host's address where there is one.
                    var memory = arguments.Memories[view++] as OpenClMemory;
                    nint buffer = memory?.Handle ?? 0;
                    if (memory is not null)
                        value -= (long)memory.Address;
                    memory?.GiveToDevice();
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

    // A device that was never disposed of may still have work under way, on memory that is freed next: finalizers run in any order.
    private void ReleaseHandles()
    {
        if (Queue != 0)
        {
            _ = OpenClLibrary.Finish(Queue);
            foreach (OpenClKernel kernel in kernels.Values)
                kernel.Dispose();
            kernels.Clear();
            _ = OpenClLibrary.ReleaseCommandQueue(Queue);
        }

        if (Context != 0)
            _ = OpenClLibrary.ReleaseContext(Context);
        Queue = 0;
        Context = 0;
    }
}
