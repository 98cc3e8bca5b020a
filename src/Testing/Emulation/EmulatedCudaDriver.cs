using System.Collections.Concurrent;
using System.Text;
using KernelFoundry.Testing.Ptx;
using static KernelFoundry.CudaNames;

namespace KernelFoundry.Testing.Emulation;

/// <summary>
/// A CUDA driver whose GPUs are emulated: modules are parsed, checked and run by <see cref="PtxGrid"/>. Calls are held to the driver's rules: a handle must be of its
/// kind, a context current, a launch within the limits. What a kernel does wrong is the error of the call that waits for it, with the fault in the error's name, and is
/// forgotten then, unlike with hardware, so that one failing test is not everyone's.
/// </summary>
internal sealed unsafe partial class EmulatedCudaDriver(params IReadOnlyList<EmulatedGpu> gpus) : ICudaDriver
{
    private const int LaunchFailed = 719;
    private const int NoBinaryForGpu = 209;

    private readonly Lock calling = new();
    private readonly EmulatedContext[] contexts = [.. gpus.Select((gpu, ordinal) => new EmulatedContext(gpu, ordinal))];
    private readonly Dictionary<nint, object> handles = [];
    private readonly ConcurrentDictionary<int, Stack<nint>> current = [];
    private readonly Dictionary<nint, nint> pinned = [];
    private string fault = "";
    private nint lastHandle = 0x1000;
    private bool isInitialized;

    /// <summary>How many handles of a kind are open: for tests of what is released.</summary>
    public int Open<T>() => handles.Values.OfType<T>().Count();

    /// <summary>How many hold a GPU's primary context.</summary>
    public int ContextReferences(int ordinal) => contexts[ordinal].References;

    /// <summary>Bytes allocated on a GPU.</summary>
    public long UsedBytes(int ordinal) => contexts[ordinal].Memory.Used;

    /// <summary>Calls so far, by name.</summary>
    public Dictionary<string, int> Calls { get; } = [];

    /// <summary>Page-locked buffers.</summary>
    public int PinnedBuffers => pinned.Count;

    /// <summary>The version of CUDA it is of, as drivers write it.</summary>
    public int Version { get; init; } = 12040;

    /// <summary>What becomes of a module's text before it is loaded: for tests of whether mistakes in it are found.</summary>
    public Func<string, string>? Rewrite { get; set; }

    /// <summary>What a call, by its name, returns instead of running; Success lets it run: for tests of what becomes of failures.</summary>
    public Func<string, int>? Failing { get; set; }

    /// <summary>Lets launches succeed without taking them, and without allocating: for tests of what a device allocates.</summary>
    public bool TakesNoLaunches { get; set; }

    public string ErrorName(int code) => code switch
    {
        ErrorInvalidValue => "CUDA_ERROR_INVALID_VALUE",
        ErrorOutOfMemory => "CUDA_ERROR_OUT_OF_MEMORY",
        ErrorNoDevice => "CUDA_ERROR_NO_DEVICE",
        ErrorInvalidContext => "CUDA_ERROR_INVALID_CONTEXT",
        NoBinaryForGpu => "CUDA_ERROR_NO_BINARY_FOR_GPU",
        ErrorInvalidPtx => "CUDA_ERROR_INVALID_PTX",
        ErrorInvalidHandle => "CUDA_ERROR_INVALID_HANDLE",
        ErrorNotFound => "CUDA_ERROR_NOT_FOUND",
        ErrorNotReady => "CUDA_ERROR_NOT_READY",
        LaunchFailed => $"CUDA_ERROR_LAUNCH_FAILED ({LaunchFailed}): {fault}",
        _ => "CUDA_ERROR_UNKNOWN",
    } + (code == LaunchFailed ? "" : $" ({code})");

    public int Init(uint flags)
    {
        isInitialized = true;
        return gpus.Count == 0 ? ErrorNoDevice : Success;
    }

    public int DriverGetVersion(int* version)
    {
        *version = Version;
        return Success;
    }

    public int DeviceGetCount(int* count)
    {
        *count = gpus.Count;
        return isInitialized ? Success : 3;
    }

    public int DeviceGet(int* device, int ordinal)
    {
        *device = ordinal;
        return ordinal >= 0 && ordinal < gpus.Count ? Success : ErrorInvalidValue;
    }

    public int DeviceGetName(byte* name, int length, int device)
    {
        if (Failure(nameof(DeviceGetName)) is not Success and int code)
            return code;
        var target = new Span<byte>(name, length);
        target.Clear();
        _ = Encoding.UTF8.GetBytes(gpus[device].Name, target[..^1]);
        return Success;
    }

    public int DeviceTotalMem(nuint* bytes, int device)
    {
        *bytes = (nuint)gpus[device].MemoryBytes;
        return Success;
    }

    public int DeviceGetAttribute(int* value, int attribute, int device)
    {
        EmulatedGpu gpu = gpus[device];
        int? known = attribute switch
        {
            DeviceMaxThreadsPerBlock => 1024,
            DeviceMaxGridX => int.MaxValue,
            DeviceMaxGridY or DeviceMaxGridZ => 65535,
            DeviceMaxSharedMemoryPerBlock => 48 << 10,
            DeviceClockRate => gpu.ClockKilohertz,
            DeviceMultiprocessorCount => gpu.Multiprocessors,
            DeviceComputeMode => gpu.ComputeMode,
            DeviceComputeCapabilityMajor => gpu.Target / 10,
            DeviceComputeCapabilityMinor => gpu.Target % 10,
            DeviceMaxSharedMemoryPerBlockOptIn => gpu.SharedBytes,
            DeviceMemoryPoolsSupported => gpu.HasPools ? 1 : 0,
            _ => null,
        };
        *value = known ?? 0;
        return known is null ? ErrorInvalidValue : Success;
    }

    public int DevicePrimaryCtxRetain(nint* context, int device) => Call(nameof(DevicePrimaryCtxRetain), () =>
    {
        contexts[device].References++;
        *context = ContextHandle(device);
        handles[*context] = contexts[device];
        return Success;
    });

    public int DevicePrimaryCtxRelease(int device) => Call(nameof(DevicePrimaryCtxRelease), () =>
    {
        if (contexts[device].References == 0)
            return ErrorInvalidContext;
        if (--contexts[device].References == 0)
            handles.Remove(ContextHandle(device));
        return Success;
    });

    public int CtxPushCurrent(nint context)
    {
        lock (calling)
        {
            if (Failure(nameof(CtxPushCurrent)) is not Success and int code)
                return code;
            if (!handles.TryGetValue(context, out object? known) || known is not EmulatedContext)
                return ErrorInvalidContext;
            CurrentOfThread().Push(context);
            return Success;
        }
    }

    public int CtxPopCurrent(nint* context)
    {
        if (!CurrentOfThread().TryPop(out nint popped))
            return ErrorInvalidContext;
        *context = popped;
        return Success;
    }

    private static nint ContextHandle(int device) => 0x100 + device;

    private nint Handle(object of)
    {
        lastHandle += 16;
        handles.Add(lastHandle, of);
        return lastHandle;
    }

    private int Failure(string name) => Failing?.Invoke(name) ?? Success;

    private int Call(string name, Func<int> body)
    {
        lock (calling)
        {
            Calls[name] = Calls.GetValueOrDefault(name) + 1;
            if (Failure(name) is not Success and int code)
                return code;
            try
            {
                return body();
            }
            catch (PtxFaultException failed)
            {
                fault = failed.Message;
                return LaunchFailed;
            }
        }
    }

    /// <summary>A call that needs a current context, and a handle of a kind.</summary>
    private int Call<T>(string name, nint handle, Func<T, EmulatedContext, int> body)
        where T : class => Call(name, () =>
    {
        if (Current() is not { } context)
            return ErrorInvalidContext;
        return handles.TryGetValue(handle, out object? known) && known is T of ? body(of, context) : ErrorInvalidHandle;
    });

    private int InContext(string name, Func<EmulatedContext, int> body) =>
        Call(name, () => Current() is { } context ? body(context) : ErrorInvalidContext);

    private int Remove<T>(string name, nint handle)
        where T : class => Call<T>(name, handle, (_, _) =>
    {
        handles.Remove(handle);
        return Success;
    });

    private Stack<nint> CurrentOfThread() => current.GetOrAdd(Environment.CurrentManagedThreadId, static _ => new Stack<nint>());

    private EmulatedContext? Current() =>
        CurrentOfThread().TryPeek(out nint context) && handles.TryGetValue(context, out object? known) ? (EmulatedContext)known : null;
}
