using System.Runtime.InteropServices;
using System.Text;
using KernelFoundry.Testing.Ptx;
using static KernelFoundry.CudaNames;

namespace KernelFoundry.Testing.Emulation;

/// <content>Modules, launches and graphs.</content>
internal sealed unsafe partial class EmulatedCudaDriver
{
    public int ModuleLoadDataEx(nint* module, void* image, uint optionCount, int* options, void** optionValues) => InContext(
        nameof(ModuleLoadDataEx), context =>
        {
            try
            {
                PtxModule parsed = PtxParser.Parse(Rewritten(Marshal.PtrToStringUTF8((nint)image)!));
                if (parsed.Target > context.Gpu.Target || (parsed.IsSpecific && parsed.Target != context.Gpu.Target))
                    return NoBinaryForGpu;
                *module = Handle(new EmulatedModule(parsed));
                return Success;
            }
            catch (PtxException mistake)
            {
                Log(mistake.Message, optionCount, options, optionValues);
                return ErrorInvalidPtx;
            }
        });

    public int ModuleUnload(nint module) => Call<EmulatedModule>(nameof(ModuleUnload), module, (of, _) =>
    {
        foreach (nint function in handles.Where(known => of.Functions.Values.Contains(known.Value)).Select(known => known.Key).ToArray())
            handles.Remove(function);
        handles.Remove(module);
        return Success;
    });

    public int ModuleGetFunction(nint* function, nint module, byte* name) => Call<EmulatedModule>(nameof(ModuleGetFunction), module, (of, _) =>
    {
        if (!of.Functions.TryGetValue(Marshal.PtrToStringUTF8((nint)name)!, out EmulatedFunction? found))
            return ErrorNotFound;
        *function = Handle(found);
        return Success;
    });

    public int FuncGetAttribute(int* value, int attribute, nint function) => Call<EmulatedFunction>(nameof(FuncGetAttribute), function, (of, _) =>
    {
        int? known = attribute switch
        {
            FunctionMaxThreadsPerBlock => of.MaxThreads,
            FunctionSharedBytes => of.Program.StaticSharedBytes,
            FunctionMaxDynamicSharedBytes => of.MaxDynamicShared,
            _ => null,
        };
        *value = known ?? 0;
        return known is null ? ErrorInvalidValue : Success;
    });

    public int FuncSetAttribute(nint function, int attribute, int value) => Call<EmulatedFunction>(
        nameof(FuncSetAttribute), function, (of, context) =>
        {
            if (attribute != FunctionMaxDynamicSharedBytes || value < 0 || value + of.Program.StaticSharedBytes > context.Gpu.SharedBytes)
                return ErrorInvalidValue;
            of.MaxDynamicShared = value;
            return Success;
        });

    public int LaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** parameters) =>
        TakesNoLaunches ? Success : TakeLaunch(function, gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, stream, parameters);

    public int GraphCreate(nint* graph, uint flags) => InContext(nameof(GraphCreate), _ =>
    {
        *graph = Handle(new EmulatedGraph());
        return Success;
    });

    public int GraphDestroy(nint graph) => Remove<EmulatedGraph>(nameof(GraphDestroy), graph);

    public int GraphAddKernelNode(nint* node, nint graph, nint* dependencies, nuint dependencyCount, CudaKernelNode* parameters) =>
        Call<EmulatedGraph>(nameof(GraphAddKernelNode), graph, (of, _) =>
        {
            nint[] before = new ReadOnlySpan<nint>(dependencies, (int)dependencyCount).ToArray();
            if (!Array.TrueForAll(before, each => of.Nodes.Exists(known => known.Handle == each)))
                return ErrorInvalidValue;
            int code = Describe(parameters, out EmulatedLaunch? launch);
            if (code != Success)
                return code;
            lastHandle += 16;
            of.Nodes.Add(new EmulatedNode(lastHandle, before, launch!));
            *node = lastHandle;
            return Success;
        });

    public int GraphInstantiate(nint* instance, nint graph, ulong flags) => Call<EmulatedGraph>(nameof(GraphInstantiate), graph, (of, _) =>
    {
        *instance = Handle(new EmulatedGraphInstance(of));
        return Success;
    });

    public int GraphExecKernelNodeSetParams(nint instance, nint node, CudaKernelNode* parameters) =>
        TakesNoLaunches ? Success : TakeUpdate(instance, node, parameters);

    public int GraphLaunch(nint instance, nint stream) =>
        TakesNoLaunches ? Success : TakeGraph(instance, stream);

    public int GraphExecDestroy(nint instance) => Remove<EmulatedGraphInstance>(nameof(GraphExecDestroy), instance);

    private static void Log(string text, uint optionCount, int* options, void** optionValues)
    {
        byte* buffer = null;
        int length = 0;
        for (int i = 0; i < optionCount; i++)
        {
            if (options[i] == JitErrorLogBuffer)
                buffer = (byte*)optionValues[i];
            if (options[i] == JitErrorLogBufferBytes)
                length = (int)optionValues[i];
        }

        if (buffer == null || length == 0)
            return;
        byte[] bytes = Encoding.UTF8.GetBytes($"ptxas fatal, {text}");

        // What does not fit is cut off, the NUL too: nothing says that a driver ends such a log with one.
        int copied = Math.Min(bytes.Length, length);
        bytes.AsSpan(0, copied).CopyTo(new Span<byte>(buffer, length));
        if (copied < length)
            buffer[copied] = 0;
    }

    // Apart from the methods that call them: what a lambda captures is allocated where its method begins.
    private int TakeLaunch(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** parameters) =>
        Call<EmulatedStream>(nameof(LaunchKernel), stream, (of, context) =>
        {
            var described = new CudaKernelNode
            {
                Function = function,
                GridX = gridX,
                GridY = gridY,
                GridZ = gridZ,
                BlockX = blockX,
                BlockY = blockY,
                BlockZ = blockZ,
                SharedBytes = sharedBytes,
                Parameters = parameters,
            };
            int code = Describe(&described, out EmulatedLaunch? launch);
            if (code == Success)
                of.Add(() => launch!.Function.Run(context.Memory, launch));
            return code;
        });

    private int TakeUpdate(nint instance, nint node, CudaKernelNode* parameters) => Call<EmulatedGraphInstance>(
        nameof(GraphExecKernelNodeSetParams), instance, (of, _) =>
        {
            if (!of.Nodes.TryGetValue(node, out EmulatedNode? known))
                return ErrorInvalidValue;
            int code = Describe(parameters, out EmulatedLaunch? launch);
            if (code == Success)
                of.Nodes[node] = known with { Launch = launch! };
            return code;
        });

    private int TakeGraph(nint instance, nint stream) => Call<EmulatedGraphInstance>(nameof(GraphLaunch), instance, (of, context) =>
    {
        if (StreamOf(stream) is not { } into)
            return ErrorInvalidHandle;
        foreach (EmulatedLaunch launch in of.Order())
            into.Add(() => launch.Function.Run(context.Memory, launch));
        return Success;
    });

    private string Rewritten(string source) => Rewrite is null ? source : Rewrite(source);

    private int Describe(CudaKernelNode* node, out EmulatedLaunch? launch)
    {
        launch = null;
        if (!handles.TryGetValue(node->Function, out object? known) || known is not EmulatedFunction function)
            return ErrorInvalidHandle;
        bool isLegal = node->GridX is > 0 and <= int.MaxValue && node->GridY is > 0 and <= 65535 && node->GridZ is > 0 and <= 65535
            && node->BlockX > 0 && node->BlockX <= function.MaxThreads && node->BlockY == 1 && node->BlockZ == 1
            && node->SharedBytes <= function.MaxDynamicShared;
        if (!isLegal)
            return ErrorInvalidValue;
        launch = new EmulatedLaunch(
            function, (node->GridX, node->GridY, node->GridZ), (int)node->BlockX, (int)node->SharedBytes,
            EmulatedLaunch.Copy(function.Program, node->Parameters));
        return Success;
    }
}
