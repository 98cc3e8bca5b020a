using System.Text;
using static KernelFoundry.CudaNames;

namespace KernelFoundry;

/// <summary>A loaded kernel and its limits.</summary>
internal sealed unsafe class CudaFunction
{
    // The driver cuts a longer log off.
    private const int LogBytes = 16 << 10;

    private readonly nint module;
    private readonly Lock growing = new();
    private int dynamicShared;

    /// <summary>Loads a module. The driver compiles it for the device, or finds in its own cache what it compiled before.</summary>
    public CudaFunction(CudaQueue queue, CudaDeviceId device, CudaCode code, string kernelName)
    {
        KernelName = kernelName;
        ParameterCount = CountParameters(code);
        using CudaScope scope = queue.Enter();
        module = Load(queue, code, kernelName);
        try
        {
            nint function;
            fixed (byte* name = Encoding.UTF8.GetBytes(code.EntryPoint + '\0'))
            {
                int found = queue.Driver.ModuleGetFunction(&function, module, name);
                if (found != Success)
                {
                    throw new DeviceException(
                        $"Kernel {kernelName} on device '{queue.Name}': the module has no entry point {code.EntryPoint}: {queue.Driver.ErrorName(found)}",
                        kernelName);
                }
            }

            Handle = function;
            int value;
            queue.Require(queue.Driver.FuncGetAttribute(&value, FunctionMaxThreadsPerBlock, function), "cuFuncGetAttribute");
            MaxWorkGroup = value;
            queue.Require(queue.Driver.FuncGetAttribute(&value, FunctionSharedBytes, function), "cuFuncGetAttribute");
            StaticSharedBytes = value;
            dynamicShared = device.StaticSharedBytes - value;
        }
        catch
        {
            _ = queue.Driver.ModuleUnload(module);
            throw;
        }
    }

    public string KernelName { get; }

    public nint Handle { get; }

    /// <summary>Parameters of the entry.</summary>
    public int ParameterCount { get; }

    /// <summary>Most threads a block of this kernel can have: its registers decide.</summary>
    public int MaxWorkGroup { get; }

    /// <summary>Shared memory the module declares itself.</summary>
    public int StaticSharedBytes { get; }

    /// <summary>Asks for dynamic shared memory above what every kernel may have.</summary>
    public void RequireShared(CudaQueue queue, long bytes)
    {
        if (bytes <= Volatile.Read(ref dynamicShared))
            return;
        lock (growing)
        {
            if (bytes <= dynamicShared)
                return;
            using CudaScope scope = queue.Enter();
            queue.Require(queue.Driver.FuncSetAttribute(Handle, FunctionMaxDynamicSharedBytes, (int)bytes), "cuFuncSetAttribute");
            Volatile.Write(ref dynamicShared, (int)bytes);
        }
    }

    public void Unload(CudaQueue queue) => _ = queue.Driver.ModuleUnload(module);

    private static nint Load(CudaQueue queue, CudaCode code, string kernelName)
    {
        int* options = stackalloc int[4] { JitInfoLogBuffer, JitInfoLogBufferBytes, JitErrorLogBuffer, JitErrorLogBufferBytes };
        var info = new byte[LogBytes];
        var errors = new byte[LogBytes];
        nint loaded;
        fixed (byte* infoText = info, errorText = errors, image = Encoding.UTF8.GetBytes(code.Source + '\0'))
        {
            void** values = stackalloc void*[4] { infoText, (void*)LogBytes, errorText, (void*)LogBytes };
            int result = queue.Driver.ModuleLoadDataEx(&loaded, image, 4, options, values);
            if (result == Success)
                return loaded;

            string log = $"{Text(errors)}{Environment.NewLine}{Text(info)}".Trim();
            throw new DeviceException(
                $"Kernel {kernelName} (sm_{code.Target}) does not compile on device '{queue.Name}': {queue.Driver.ErrorName(result)}", kernelName, log);
        }
    }

    // A log that was cut off may fill its buffer, without a NUL.
    private static string Text(byte[] log)
    {
        int end = Array.IndexOf(log, (byte)0);
        return Encoding.UTF8.GetString(log, 0, end < 0 ? log.Length : end).Trim();
    }

    // The driver reads as many arguments as the entry has: too few would be read from beyond their end.
    private static int CountParameters(CudaCode code)
    {
        int entry = code.Source.IndexOf($".entry {code.EntryPoint}", StringComparison.Ordinal);
        int open = entry < 0 ? -1 : code.Source.IndexOf('(', entry), close = open < 0 ? -1 : code.Source.IndexOf(')', open);
        int body = entry < 0 ? -1 : code.Source.IndexOf('{', entry);
        if (close < 0 || body < open)
            return 0;
        int count = 0;
        for (int at = open; (at = code.Source.IndexOf(".param", at, close - at, StringComparison.Ordinal)) >= 0; at++)
            count++;
        return count;
    }
}
