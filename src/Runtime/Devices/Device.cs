using System.Diagnostics;

namespace KernelFoundry;

/// <summary>
/// Something kernels run on. Launches and copies on one device happen in the order they are made, from whatever thread. A kernel that cannot
/// run is an error; no other device takes its place.
/// </summary>
public abstract partial class Device : IDisposable
{
    private int disposed;

    private protected Device(DeviceInfo info, TextWriter? launchLog)
    {
        Info = info;
        LaunchLog = launchLog;
    }

    /// <summary>What the device is.</summary>
    public DeviceInfo Info { get; }

    /// <summary>The device's name.</summary>
    public string Name => Info.Name;

    /// <summary>The kind of device.</summary>
    public DeviceKind Kind => Info.Kind;

    /// <summary>Whether kernels run as plain C#: launch overloads then call the kernel method themselves, through LaunchReference.</summary>
    public bool IsReference => Info.Kind == DeviceKind.Reference;

    /// <summary>Whether the host reads and writes this device's memory in place.</summary>
    public abstract bool SharesHostMemory { get; }

    /// <summary>What its kernels are tuned to; null where schedules are compiled in.</summary>
    public virtual KernelSchedules? Schedules => null;

    /// <summary>Whether the device has been disposed of.</summary>
    public bool IsDisposed => Volatile.Read(ref disposed) != 0;

    /// <summary>Where every launch is written before it runs.</summary>
    internal TextWriter? LaunchLog { get; }

    /// <summary>Starts a kernel. Memory it writes may be read with Read or CopyTo, which wait for it.</summary>
    /// <param name="kernel">The kernel's variants for the launch's type arguments.</param>
    /// <param name="arguments">The arguments.</param>
    /// <exception cref="DeviceException">The kernel does not compile or run on the device.</exception>
    /// <exception cref="KernelNotCompiledException">There is no code for this kind of device.</exception>
    /// <exception cref="ObjectDisposedException">The device, or memory behind an argument, has been disposed of.</exception>
    public void Launch(KernelVariantSet kernel, ref KernelArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        foreach (DeviceMemory? memory in arguments.Memories)
        {
            if (memory is null || memory.Device == this)
                continue;
            if (!CanUse(memory))
                ThrowWrongDevice(kernel, memory);
            memory.BringToHost();
        }

        KernelVariant variant = kernel.Resolve(arguments.Specialized);
        if (LaunchLog is not null || LaunchTracing.IsOn)
            LaunchTraced(kernel, variant, ref arguments);
        else
            LaunchCore(kernel, variant, ref arguments);

        // A launch of temporaries: their finalizers must not run under the kernel.
        foreach (DeviceMemory? memory in arguments.Memories)
            GC.KeepAlive(memory);
    }

    /// <summary>Runs a kernel method as plain C#, once per program: what launch overloads do on the reference device.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="arguments">What the method is called with: a tuple, or the one argument.</param>
    /// <param name="program">Calls the method; best a static lambda, which allocates nothing.</param>
    /// <typeparam name="TState">Type of the arguments.</typeparam>
    public void LaunchReference<TState>(KernelDefinition kernel, TState arguments, Action<TState> program)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (!IsReference)
            throw new InvalidOperationException($"Device '{Name}' runs compiled code; only the reference device runs kernels as plain C#.");
        LaunchLog?.WriteLine($"{kernel.Name} on {Name}: {arguments}");
        using Activity? activity = LaunchTracing.Start(kernel, kernel.Name, this);
        long started = Stopwatch.GetTimestamp();
        ProgramContext.Run(arguments, program);
        LaunchTracing.Finish(kernel, this, started);
    }

    /// <summary>Waits until all launches have finished.</summary>
    /// <exception cref="DeviceException">A launch failed after it was started.</exception>
    public abstract void Synchronize();

    /// <summary>Ends the device. Memory of it must not be used afterwards. <see cref="Reference"/> is everyone's and stays.</summary>
    public void Dispose()
    {
        if (ReferenceEquals(this, Reference))
            return;
        if (Interlocked.Exchange(ref disposed, 1) == 0)
            Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Kind and name.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Kind}: {Name}";

    /// <summary>Whether the calling thread's launches are recorded instead of started.</summary>
    private protected virtual bool IsRecording => false;

    private protected abstract bool CanUse(DeviceMemory memory);

    private protected abstract void LaunchCore(KernelVariantSet kernel, KernelVariant variant, ref KernelArguments arguments);

    private protected abstract void Close();

    private protected static KernelNotCompiledException NoCode(KernelVariantSet kernel, KernelVariant variant, DeviceKind kind) =>
        new($"Kernel {kernel.Kernel.Name}, variant {variant}, has no code for {kind} devices.");

    private void LaunchTraced(KernelVariantSet kernel, KernelVariant variant, ref KernelArguments arguments)
    {
        string name = $"{kernel.Kernel.Name}<{variant}>";
        if (LaunchLog is { } log)
        {
            string line = $"{name} on {Name}: {LaunchText.Describe(kernel.Kernel, arguments)}{Schedules?.Describe(kernel)}";
            lock (log)
                log.WriteLine(line);
        }

        // Tracing that begins inside a graph's run begins with the next one: what is recorded has not started yet, and cannot be waited for or timed.
        if (!LaunchTracing.IsOn || IsRecording)
        {
            LaunchCore(kernel, variant, ref arguments);
            return;
        }

        // A traced launch is waited for: its duration is the kernel's, not the queue's.
        using Activity? activity = LaunchTracing.Start(kernel.Kernel, name, this);
        activity?.SetTag(LaunchTracing.TypesTag, kernel.TypeKey);
        long started = Stopwatch.GetTimestamp();
        LaunchCore(kernel, variant, ref arguments);
        Synchronize();
        LaunchTracing.Finish(kernel.Kernel, this, started);
    }

    private void ThrowWrongDevice(KernelVariantSet kernel, DeviceMemory memory) => throw new ArgumentException(
        $"Kernel {kernel.Kernel.Name} was launched on device '{Name}' with memory of device '{memory.Device.Name}', which it cannot reach. "
        + "Copy it there first.");
}
