using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>
/// NVIDIA's driver library, found at run time: nothing is shipped, and a machine without one is no error until a CUDA device is wanted. The exports are
/// those of CUDA 11.4 (driver 470) and of every later driver.
/// </summary>
internal sealed unsafe class CudaLibrary : ICudaDriver
{
    private static readonly string[] Names = OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1", "libcuda.so"];

    private static readonly Lazy<(CudaLibrary? Library, string? Reason)> Found = new(Load);

    private readonly delegate* unmanaged<uint, int> init;
    private readonly delegate* unmanaged<int*, int> driverGetVersion;
    private readonly delegate* unmanaged<int*, int> deviceGetCount;
    private readonly delegate* unmanaged<int*, int, int> deviceGet;
    private readonly delegate* unmanaged<byte*, int, int, int> deviceGetName;
    private readonly delegate* unmanaged<nuint*, int, int> deviceTotalMem;
    private readonly delegate* unmanaged<int*, int, int, int> deviceGetAttribute;
    private readonly delegate* unmanaged<nint*, int, int> devicePrimaryCtxRetain;
    private readonly delegate* unmanaged<int, int> devicePrimaryCtxRelease;
    private readonly delegate* unmanaged<nint, int> ctxPushCurrent;
    private readonly delegate* unmanaged<nint*, int> ctxPopCurrent;
    private readonly delegate* unmanaged<nint*, uint, int> streamCreate;
    private readonly delegate* unmanaged<nint, int> streamDestroy;
    private readonly delegate* unmanaged<nint, int> streamSynchronize;
    private readonly delegate* unmanaged<nint, nint, uint, int> streamWaitEvent;
    private readonly delegate* unmanaged<nint*, uint, int> eventCreate;
    private readonly delegate* unmanaged<nint, int> eventDestroy;
    private readonly delegate* unmanaged<nint, nint, int> eventRecord;
    private readonly delegate* unmanaged<nint, int> eventQuery;
    private readonly delegate* unmanaged<nint, int> eventSynchronize;
    private readonly delegate* unmanaged<float*, nint, nint, int> eventElapsedTime;
    private readonly delegate* unmanaged<nint*, CudaPoolProperties*, int> memPoolCreate;
    private readonly delegate* unmanaged<nint, int> memPoolDestroy;
    private readonly delegate* unmanaged<nint, int, void*, int> memPoolSetAttribute;
    private readonly delegate* unmanaged<ulong*, nuint, nint, nint, int> memAllocFromPoolAsync;
    private readonly delegate* unmanaged<ulong, nint, int> memFreeAsync;
    private readonly delegate* unmanaged<ulong*, nuint, int> memAlloc;
    private readonly delegate* unmanaged<ulong, int> memFree;
    private readonly delegate* unmanaged<void**, nuint, uint, int> memHostAlloc;
    private readonly delegate* unmanaged<void*, int> memFreeHost;
    private readonly delegate* unmanaged<ulong, void*, nuint, nint, int> memcpyHtoDAsync;
    private readonly delegate* unmanaged<void*, ulong, nuint, nint, int> memcpyDtoHAsync;
    private readonly delegate* unmanaged<ulong, byte, nuint, nint, int> memsetD8Async;
    private readonly delegate* unmanaged<nint*, void*, uint, int*, void**, int> moduleLoadDataEx;
    private readonly delegate* unmanaged<nint, int> moduleUnload;
    private readonly delegate* unmanaged<nint*, nint, byte*, int> moduleGetFunction;
    private readonly delegate* unmanaged<int*, int, nint, int> funcGetAttribute;
    private readonly delegate* unmanaged<nint, int, int, int> funcSetAttribute;
    private readonly delegate* unmanaged<nint*, uint, int> graphCreate;
    private readonly delegate* unmanaged<nint, int> graphDestroy;
    private readonly delegate* unmanaged<nint*, nint, nint*, nuint, CudaKernelNode*, int> graphAddKernelNode;
    private readonly delegate* unmanaged<nint*, nint, ulong, int> graphInstantiate;
    private readonly delegate* unmanaged<nint, nint, CudaKernelNode*, int> graphExecKernelNodeSetParams;
    private readonly delegate* unmanaged<nint, nint, int> graphLaunch;
    private readonly delegate* unmanaged<nint, int> graphExecDestroy;
    private readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> launchKernel;
    private readonly delegate* unmanaged<int, byte**, int> getErrorName;

    private CudaLibrary(nint library)
    {
        init = (delegate* unmanaged<uint, int>)Find("cuInit");
        driverGetVersion = (delegate* unmanaged<int*, int>)Find("cuDriverGetVersion");
        deviceGetCount = (delegate* unmanaged<int*, int>)Find("cuDeviceGetCount");
        deviceGet = (delegate* unmanaged<int*, int, int>)Find("cuDeviceGet");
        deviceGetName = (delegate* unmanaged<byte*, int, int, int>)Find("cuDeviceGetName");
        deviceTotalMem = (delegate* unmanaged<nuint*, int, int>)Find("cuDeviceTotalMem_v2");
        deviceGetAttribute = (delegate* unmanaged<int*, int, int, int>)Find("cuDeviceGetAttribute");
        devicePrimaryCtxRetain = (delegate* unmanaged<nint*, int, int>)Find("cuDevicePrimaryCtxRetain");
        devicePrimaryCtxRelease = (delegate* unmanaged<int, int>)Find("cuDevicePrimaryCtxRelease_v2");
        ctxPushCurrent = (delegate* unmanaged<nint, int>)Find("cuCtxPushCurrent_v2");
        ctxPopCurrent = (delegate* unmanaged<nint*, int>)Find("cuCtxPopCurrent_v2");
        streamCreate = (delegate* unmanaged<nint*, uint, int>)Find("cuStreamCreate");
        streamDestroy = (delegate* unmanaged<nint, int>)Find("cuStreamDestroy_v2");
        streamSynchronize = (delegate* unmanaged<nint, int>)Find("cuStreamSynchronize");
        streamWaitEvent = (delegate* unmanaged<nint, nint, uint, int>)Find("cuStreamWaitEvent");
        eventCreate = (delegate* unmanaged<nint*, uint, int>)Find("cuEventCreate");
        eventDestroy = (delegate* unmanaged<nint, int>)Find("cuEventDestroy_v2");
        eventRecord = (delegate* unmanaged<nint, nint, int>)Find("cuEventRecord");
        eventQuery = (delegate* unmanaged<nint, int>)Find("cuEventQuery");
        eventSynchronize = (delegate* unmanaged<nint, int>)Find("cuEventSynchronize");
        eventElapsedTime = (delegate* unmanaged<float*, nint, nint, int>)Find("cuEventElapsedTime");
        memPoolCreate = (delegate* unmanaged<nint*, CudaPoolProperties*, int>)Find("cuMemPoolCreate");
        memPoolDestroy = (delegate* unmanaged<nint, int>)Find("cuMemPoolDestroy");
        memPoolSetAttribute = (delegate* unmanaged<nint, int, void*, int>)Find("cuMemPoolSetAttribute");
        memAllocFromPoolAsync = (delegate* unmanaged<ulong*, nuint, nint, nint, int>)Find("cuMemAllocFromPoolAsync");
        memFreeAsync = (delegate* unmanaged<ulong, nint, int>)Find("cuMemFreeAsync");
        memAlloc = (delegate* unmanaged<ulong*, nuint, int>)Find("cuMemAlloc_v2");
        memFree = (delegate* unmanaged<ulong, int>)Find("cuMemFree_v2");
        memHostAlloc = (delegate* unmanaged<void**, nuint, uint, int>)Find("cuMemHostAlloc");
        memFreeHost = (delegate* unmanaged<void*, int>)Find("cuMemFreeHost");
        memcpyHtoDAsync = (delegate* unmanaged<ulong, void*, nuint, nint, int>)Find("cuMemcpyHtoDAsync_v2");
        memcpyDtoHAsync = (delegate* unmanaged<void*, ulong, nuint, nint, int>)Find("cuMemcpyDtoHAsync_v2");
        memsetD8Async = (delegate* unmanaged<ulong, byte, nuint, nint, int>)Find("cuMemsetD8Async");
        moduleLoadDataEx = (delegate* unmanaged<nint*, void*, uint, int*, void**, int>)Find("cuModuleLoadDataEx");
        moduleUnload = (delegate* unmanaged<nint, int>)Find("cuModuleUnload");
        moduleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)Find("cuModuleGetFunction");
        funcGetAttribute = (delegate* unmanaged<int*, int, nint, int>)Find("cuFuncGetAttribute");
        funcSetAttribute = (delegate* unmanaged<nint, int, int, int>)Find("cuFuncSetAttribute");
        graphCreate = (delegate* unmanaged<nint*, uint, int>)Find("cuGraphCreate");
        graphDestroy = (delegate* unmanaged<nint, int>)Find("cuGraphDestroy");
        graphAddKernelNode = (delegate* unmanaged<nint*, nint, nint*, nuint, CudaKernelNode*, int>)Find("cuGraphAddKernelNode");
        graphInstantiate = (delegate* unmanaged<nint*, nint, ulong, int>)Find("cuGraphInstantiateWithFlags");
        graphExecKernelNodeSetParams = (delegate* unmanaged<nint, nint, CudaKernelNode*, int>)Find("cuGraphExecKernelNodeSetParams");
        graphLaunch = (delegate* unmanaged<nint, nint, int>)Find("cuGraphLaunch");
        graphExecDestroy = (delegate* unmanaged<nint, int>)Find("cuGraphExecDestroy");
        launchKernel = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)Find("cuLaunchKernel");
        getErrorName = (delegate* unmanaged<int, byte**, int>)Find("cuGetErrorName");

        nint Find(string name) => NativeLibrary.GetExport(library, name);
    }

    /// <summary>The driver; null if there is none.</summary>
    public static CudaLibrary? Instance => Found.Value.Library;

    /// <summary>Why there is no driver; null if there is one.</summary>
    public static string? Unavailable => Found.Value.Reason;

    public string ErrorName(int code)
    {
        byte* name;
        string? text = getErrorName(code, &name) == CudaNames.Success ? Marshal.PtrToStringUTF8((nint)name) : null;
        return FormattableString.Invariant($"{text ?? "CUDA error"} ({code})");
    }

    public int LaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** parameters) =>
        launchKernel(function, gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, stream, parameters, null);

    public int Init(uint flags) => init(flags);

    public int DriverGetVersion(int* version) => driverGetVersion(version);

    public int DeviceGetCount(int* count) => deviceGetCount(count);

    public int DeviceGet(int* device, int ordinal) => deviceGet(device, ordinal);

    public int DeviceGetName(byte* name, int length, int device) => deviceGetName(name, length, device);

    public int DeviceTotalMem(nuint* bytes, int device) => deviceTotalMem(bytes, device);

    public int DeviceGetAttribute(int* value, int attribute, int device) => deviceGetAttribute(value, attribute, device);

    public int DevicePrimaryCtxRetain(nint* context, int device) => devicePrimaryCtxRetain(context, device);

    public int DevicePrimaryCtxRelease(int device) => devicePrimaryCtxRelease(device);

    public int CtxPushCurrent(nint context) => ctxPushCurrent(context);

    public int CtxPopCurrent(nint* context) => ctxPopCurrent(context);

    public int StreamCreate(nint* stream, uint flags) => streamCreate(stream, flags);

    public int StreamDestroy(nint stream) => streamDestroy(stream);

    public int StreamSynchronize(nint stream) => streamSynchronize(stream);

    public int StreamWaitEvent(nint stream, nint @event, uint flags) => streamWaitEvent(stream, @event, flags);

    public int EventCreate(nint* @event, uint flags) => eventCreate(@event, flags);

    public int EventDestroy(nint @event) => eventDestroy(@event);

    public int EventRecord(nint @event, nint stream) => eventRecord(@event, stream);

    public int EventQuery(nint @event) => eventQuery(@event);

    public int EventSynchronize(nint @event) => eventSynchronize(@event);

    public int EventElapsedTime(float* milliseconds, nint start, nint end) => eventElapsedTime(milliseconds, start, end);

    public int MemPoolCreate(nint* pool, CudaPoolProperties* properties) => memPoolCreate(pool, properties);

    public int MemPoolDestroy(nint pool) => memPoolDestroy(pool);

    public int MemPoolSetAttribute(nint pool, int attribute, void* value) => memPoolSetAttribute(pool, attribute, value);

    public int MemAllocFromPoolAsync(ulong* address, nuint bytes, nint pool, nint stream) => memAllocFromPoolAsync(address, bytes, pool, stream);

    public int MemFreeAsync(ulong address, nint stream) => memFreeAsync(address, stream);

    public int MemAlloc(ulong* address, nuint bytes) => memAlloc(address, bytes);

    public int MemFree(ulong address) => memFree(address);

    public int MemHostAlloc(void** address, nuint bytes, uint flags) => memHostAlloc(address, bytes, flags);

    public int MemFreeHost(void* address) => memFreeHost(address);

    public int MemcpyHtoDAsync(ulong destination, void* source, nuint bytes, nint stream) => memcpyHtoDAsync(destination, source, bytes, stream);

    public int MemcpyDtoHAsync(void* destination, ulong source, nuint bytes, nint stream) => memcpyDtoHAsync(destination, source, bytes, stream);

    public int MemsetD8Async(ulong address, byte value, nuint count, nint stream) => memsetD8Async(address, value, count, stream);

    public int ModuleLoadDataEx(nint* module, void* image, uint optionCount, int* options, void** optionValues) =>
        moduleLoadDataEx(module, image, optionCount, options, optionValues);

    public int ModuleUnload(nint module) => moduleUnload(module);

    public int ModuleGetFunction(nint* function, nint module, byte* name) => moduleGetFunction(function, module, name);

    public int FuncGetAttribute(int* value, int attribute, nint function) => funcGetAttribute(value, attribute, function);

    public int FuncSetAttribute(nint function, int attribute, int value) => funcSetAttribute(function, attribute, value);

    public int GraphCreate(nint* graph, uint flags) => graphCreate(graph, flags);

    public int GraphDestroy(nint graph) => graphDestroy(graph);

    public int GraphAddKernelNode(nint* node, nint graph, nint* dependencies, nuint dependencyCount, CudaKernelNode* parameters) =>
        graphAddKernelNode(node, graph, dependencies, dependencyCount, parameters);

    public int GraphInstantiate(nint* instance, nint graph, ulong flags) => graphInstantiate(instance, graph, flags);

    public int GraphExecKernelNodeSetParams(nint instance, nint node, CudaKernelNode* parameters) =>
        graphExecKernelNodeSetParams(instance, node, parameters);

    public int GraphLaunch(nint instance, nint stream) => graphLaunch(instance, stream);

    public int GraphExecDestroy(nint instance) => graphExecDestroy(instance);

    private static (CudaLibrary? Library, string? Reason) Load()
    {
        foreach (string name in Names)
        {
            if (!NativeLibrary.TryLoad(name, out nint library))
                continue;
            try
            {
                return (new CudaLibrary(library), null);
            }
            catch (EntryPointNotFoundException missing)
            {
                return (null, $"the driver behind {name} is older than CUDA 11.4 (driver 470): {missing.Message}");
            }
        }

        return (null, $"no NVIDIA driver found ({string.Join(", ", Names)})");
    }
}
