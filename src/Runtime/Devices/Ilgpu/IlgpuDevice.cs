using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using ILGPU.Runtime.Velocity;
using IlgpuView = ILGPU.Runtime.ArrayView1D<byte, ILGPU.Stride1D.Dense>;

namespace KernelFoundry;

/// <summary>
/// An accelerator of ILGPU. Kernels are compiled when first launched, from the group code that this package carries of the library, and of other
/// projects that set the property KernelFoundryGroupCode.
/// </summary>
public sealed class IlgpuDevice : Device
{
    private readonly Lock launching = new();
    private readonly Dictionary<GroupCode, Action<KernelConfig, GroupViews<IlgpuView>, GroupSlots>> loaded = [];
    private readonly Context context;
    private readonly Accelerator accelerator;

    private IlgpuDevice(Context context, ILGPU.Runtime.Device device, TextWriter? launchLog)
        : base(Describe(device), launchLog)
    {
        this.context = context;
        accelerator = device.CreateAccelerator(context);
    }

    /// <inheritdoc/>
    public override bool SharesHostMemory => false;

    /// <summary>The accelerators ILGPU finds.</summary>
    /// <returns>One entry an accelerator, in ILGPU's order.</returns>
    public static IReadOnlyList<DeviceInfo> Accelerators()
    {
        using Context context = NewContext();
        return [.. context.Select(Describe)];
    }

    /// <summary>Opens an accelerator.</summary>
    /// <param name="name">Part of its name, which begins with its kind, as in "Cuda"; null for a GPU if there is one.</param>
    /// <param name="launchLog">Where every launch is written before it runs; null for nowhere.</param>
    /// <returns>The device; the caller disposes of it.</returns>
    /// <exception cref="DeviceException">There is none of that name.</exception>
    public static IlgpuDevice Open(string? name = null, TextWriter? launchLog = null)
    {
        Context context = NewContext();
        ILGPU.Runtime.Device? device = context
            .Where(each => name is null || Describe(each).Name.Contains(name, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(each => Describe(each).IsAccelerator).FirstOrDefault();
        if (device is not null)
            return new IlgpuDevice(context, device, launchLog);
        string found = string.Join(", ", context.Select(each => Describe(each).Name));
        context.Dispose();
        throw new DeviceException($"ILGPU has no accelerator named '{name}'. It found {found}.");
    }

    /// <inheritdoc/>
    public override void Synchronize()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        accelerator.Synchronize();
    }

    private protected override bool CanUse(DeviceMemory memory) => memory.Device == this;

    private protected override DeviceMemory AllocateCore(long byteLength)
    {
        MemoryBuffer1D<byte, Stride1D.Dense> buffer = accelerator.Allocate1D<byte>(Math.Max(byteLength, 1));
        buffer.MemSetToZero();
        return new IlgpuMemory(this, buffer, byteLength);
    }

    private protected override unsafe void LaunchCore(KernelVariantSet kernel, KernelVariant variant, ref KernelArguments arguments)
    {
        GroupCode code = GroupCodes.Find(kernel.Kernel, variant) ?? throw NoCode(kernel, variant, DeviceKind.Ilgpu);
        LaunchShape shape = default;
        fixed (long* slots = &arguments.FirstSlot)
            code.Plan(slots, &shape);
        if (shape.IsEmpty)
            return;
        SharedMemoryConfig memory = code.IsMemoryOfLaunch
            ? SharedMemoryConfig.RequestDynamic<byte>(checked((int)shape.LocalBytes))
            : SharedMemoryConfig.Empty;
        var config = new KernelConfig(new Index3D(shape.Grid0, shape.Grid1, shape.Grid2), new Index3D(shape.WorkGroup, 1, 1), memory);
        var views = new GroupViews<IlgpuView>(Views(arguments));
        try
        {
            lock (launching)
                Load(code)(config, views, GroupSlots.Of(arguments.Slots));
        }
        catch (Exception exception) when (exception is not DeviceException)
        {
            throw new DeviceException(
                $"Kernel {kernel.Kernel.Name} does not compile or run on ILGPU's {Name}: {exception.Message}", kernel.Kernel.Name, innerException: exception);
        }
    }

    private protected override void Close()
    {
        accelerator.Dispose();
        context.Dispose();
    }

    private static Context NewContext() => Context.Create(builder => builder.Default().AllVelocity().EnableAlgorithms());

    private static DeviceInfo Describe(ILGPU.Runtime.Device device) => new()
    {
        Kind = DeviceKind.Ilgpu,
        Name = $"{device.AcceleratorType}: {device.Name}",
        IsAccelerator = device.AcceleratorType is AcceleratorType.Cuda or AcceleratorType.OpenCL,
        Driver = "ILGPU",
        ComputeUnits = device.NumMultiprocessors,
        MemoryBytes = device.MemorySize,
        LocalMemoryBytes = device.MaxSharedMemoryPerGroup,
        MaxWorkGroup = device.MaxNumThreadsPerGroup,
    };

    // A view of no memory is read by no code; some memory has to stand for it.
    private static IlgpuView[] Views(in KernelArguments arguments)
    {
        ReadOnlySpan<SlotKind> kinds = arguments.Kinds;
        var views = new List<IlgpuView>();
        for (int i = 0; i < kinds.Length; i++)
        {
            if (kinds[i] == SlotKind.Pointer)
                views.Add(arguments.Memories[views.Count] is IlgpuMemory memory ? memory.From(arguments.Slots[i]) : default);
        }

        return [.. views];
    }

    private Action<KernelConfig, GroupViews<IlgpuView>, GroupSlots> Load(GroupCode code)
    {
        if (!loaded.TryGetValue(code, out Action<KernelConfig, GroupViews<IlgpuView>, GroupSlots>? launcher))
            loaded[code] = launcher = code.With(new Loading(accelerator));
        return launcher;
    }

    private sealed class Loading(Accelerator accelerator) : IGroupKernelUse<Action<KernelConfig, GroupViews<IlgpuView>, GroupSlots>>
    {
        public Action<KernelConfig, GroupViews<IlgpuView>, GroupSlots> Of<TKernel>()
            where TKernel : struct, IGroupKernel =>
            accelerator.LoadStreamKernel<GroupViews<IlgpuView>, GroupSlots>(TKernel.Run<IlgpuGroup, IlgpuView, ArrayView<int>>);
    }
}
