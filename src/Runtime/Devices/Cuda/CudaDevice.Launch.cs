using System.Runtime.CompilerServices;

namespace KernelFoundry;

/// <content>Launches: which module, within which limits, with which arguments.</content>
internal sealed unsafe partial class CudaDevice
{
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
            if (code.Target <= newestCode && (!code.IsSpecific || TakesSpecific(code)) && code.Target > (best?.Target ?? 0))
                best = code;
        }

        return best ?? throw (variant.Cuda.Count == 0
            ? NoCode(kernel, variant, DeviceKind.Cuda)
            : new KernelNotCompiledException(
                $"Kernel {kernel.Kernel.Name}, variant {variant}, has PTX for {string.Join(", ", variant.Cuda.Select(code => $"sm_{code.Target}"))} and "
                + $"later, but device '{Name}' is sm_{id.Target}."));
    }

    private bool TakesSpecific(CudaCode code) => code.Target == id.Target && id.DriverVersion >= CudaPlatform.SpecificVersion;

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
}
