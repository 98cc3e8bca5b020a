using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>Runs generated SIMD C# on a pool of worker threads.</summary>
internal sealed unsafe class CpuDevice : Device
{
    private readonly int vectorBits;
    private readonly WorkerPool pool;

    public CpuDevice(DeviceOptions options)
        : base(Describe(options), options.LaunchLog)
    {
        vectorBits = Info.VectorBits;
        Schedules = KernelSchedules.Open(new ScheduleMachine(CpuModel.Name, Info.ComputeUnits, vectorBits), options);
        pool = new WorkerPool(Info.ComputeUnits, options.SpinTime);

        // Compiled before its first use, generated code would look for the table at every start of a program.
        System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(Lanes).TypeHandle);
    }

    // The pool's threads do not hold the device, so one that is dropped undisposed still ends them.
    ~CpuDevice() => pool?.Stop();

    /// <inheritdoc/>
    public override bool SharesHostMemory => true;

    /// <inheritdoc/>
    public override KernelSchedules Schedules { get; }

    public static DeviceInfo Describe(DeviceOptions options)
    {
        int threads = options.Threads ?? Environment.ProcessorCount;
        int bits = options.VectorBits ?? CpuCode.BestVectorBits;
        if (threads < 1)
            throw new ArgumentException($"DeviceOptions.Threads is {threads}; a device has at least one.", nameof(options));
        if (bits is not (128 or 256 or 512))
            throw new ArgumentException($"DeviceOptions.VectorBits is {bits}; vectors have 128, 256 or 512 bits.", nameof(options));
        return new DeviceInfo
        {
            Kind = DeviceKind.Cpu,
            Name = $"Cpu ({RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()})",
            ComputeUnits = threads,
            VectorBits = bits,
            MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        };
    }

    /// <inheritdoc/>
    public override void Synchronize()
    {
        // A launch returns when it is done.
    }

    private protected override bool CanUse(DeviceMemory memory) => memory.IsHostAddressable || memory.Device == this;

    private protected override DeviceMemory AllocateCore(long byteLength) => new NativeHostMemory(this, byteLength);

    private protected override void LaunchCore(KernelVariantSet kernel, KernelVariant variant, ref KernelArguments arguments)
    {
        CpuCode code = kernel.ForWidth(variant, vectorBits).Cpu ?? throw NoCode(kernel, variant, DeviceKind.Cpu);
        delegate*<long*, byte*, int, int, int, void> entry = code.Widest(vectorBits);
        if (entry == null)
            throw new KernelNotCompiledException($"{kernel.Kernel.Name} was compiled for wider vectors than the {vectorBits} bits of {Name}; "
                + "build its project with KernelFoundryVectorBits unset.");
        if (kernel.Kernel.Tunables.Length > 0)
            arguments.Follow(Schedules.For(kernel));
        LaunchShape shape = default;
        fixed (long* slots = &arguments.FirstSlot)
        {
            code.Plan(slots, &shape);
            if (LaunchTracing.IsOn)
                LaunchTracing.Programs(shape);
            if (!shape.IsEmpty)
                pool.Run(kernel.Kernel, entry, slots, shape);
        }

        // The finalizer must not stop the pool under a launch.
        GC.KeepAlive(this);
    }

    private protected override void Close() => pool.Dispose();
}
