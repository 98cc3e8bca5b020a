namespace KernelFoundry;

/// <content>Finding and opening devices.</content>
public abstract partial class Device
{
    /// <summary>The device that runs kernels as plain C#. Always there; disposing it does nothing.</summary>
    public static Device Reference { get; } = new ReferenceDevice(null);

    // Nothing of the runtime refers to ILGPU; who uses it opens its devices.
    private static DeviceInfo Ilgpu { get; } = new()
    {
        Kind = DeviceKind.Ilgpu,
        Name = "ILGPU",
        Unavailable = "its accelerators are in a package of their own, KernelFoundry.Ilgpu, built with -p:KernelFoundryIlgpu=true and opened with IlgpuDevice.Open",
    };

    /// <summary>Looks for devices of every kind.</summary>
    /// <returns>What was found, and what was not with the reason, best first.</returns>
    public static IReadOnlyList<DeviceInfo> Enumerate() =>
        [.. CudaPlatform.Enumerate(), .. OpenClDevices(), CpuDevice.Describe(new DeviceOptions()), Reference.Info, Ilgpu];

    /// <summary>
    /// Opens the best device present: a GPU or other accelerator, else the CPU. Options narrow the choice. CUDA devices are opened only when asked for, by
    /// kind or name, as long as they have never run on a GPU.
    /// </summary>
    /// <param name="options">Which device, and how it behaves.</param>
    /// <returns>The device; the caller disposes of it.</returns>
    /// <exception cref="DeviceException">No device fits; the message says what was found and why it did not fit.</exception>
    public static Device Open(DeviceOptions? options = null)
    {
        options ??= new DeviceOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Index, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxWorkGroup ?? 1, 1, nameof(options));
        int skipped = 0;
        foreach (DeviceInfo info in Candidates(options))
        {
            // An OpenCL device that is this very CPU is slower than the Cpu device: it is opened only when asked for.
            bool wanted = options.Kind is { } kind
                ? info.Kind == kind
                : info.Kind == DeviceKind.Cpu || (info.Kind == DeviceKind.OpenCl && info.IsAccelerator) || (info.Kind is DeviceKind.Cuda or DeviceKind.OpenCl && options.Name is not null);
            bool named = options.Name is null || info.Name.Contains(options.Name, StringComparison.OrdinalIgnoreCase);
            if (wanted && named && info.IsAvailable && skipped++ == options.Index)
                return Create(info, options);
        }

        string index = options.Index == 0 ? "" : $", index {options.Index}";
        string wish = $"{options.Kind?.ToString() ?? "any kind"}{(options.Name is null ? "" : $" named '{options.Name}'")}{index}";
        throw new DeviceException($"No device fits ({wish}). Found:{Environment.NewLine}{string.Join(Environment.NewLine, Enumerate())}");
    }

    // Drivers are loaded only where one of their devices may be the one.
    private static IEnumerable<DeviceInfo> Candidates(DeviceOptions options)
    {
        bool asksCuda = options.Kind == DeviceKind.Cuda || (options.Kind is null && options.Name is not null);
        bool asksOpenCl = options.Kind == DeviceKind.OpenCl || (options.Kind is null && (options.Name is not null || OpenClDrivers.MayHaveAccelerators));
        return (asksCuda ? CudaPlatform.Enumerate() : [])
            .Concat(asksOpenCl ? OpenClDevices() : [])
            .Concat([CpuDevice.Describe(new DeviceOptions()), Reference.Info]);
    }

    private static Device Create(DeviceInfo info, DeviceOptions options) => info.Kind switch
    {
        DeviceKind.Cpu => new CpuDevice(options),
        DeviceKind.Cuda => CudaDevice.Open(info, options),
        DeviceKind.OpenCl => OpenClDevice.Open(info, options),
        _ => new ReferenceDevice(options.LaunchLog),
    };

    private static IEnumerable<DeviceInfo> OpenClDevices() => OpenClPlatform.Enumerate();
}
