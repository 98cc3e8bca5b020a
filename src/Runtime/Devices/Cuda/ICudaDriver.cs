namespace KernelFoundry;

/// <summary>
/// The functions of CUDA's driver API that are used here, with its meanings and result codes (CUDA Driver API reference, 11.4 and later), so that
/// the device can run on another driver in tests. Methods are named after the functions without their prefix and version.
/// </summary>
internal unsafe interface ICudaDriver
{
    /// <summary>What the driver calls a result code, as in CUDA_ERROR_INVALID_VALUE.</summary>
    string ErrorName(int code);

    int Init(uint flags);

    int DriverGetVersion(int* version);

    int DeviceGetCount(int* count);

    int DeviceGet(int* device, int ordinal);

    int DeviceGetName(byte* name, int length, int device);

    int DeviceTotalMem(nuint* bytes, int device);

    int DeviceGetAttribute(int* value, int attribute, int device);

    int DevicePrimaryCtxRetain(nint* context, int device);

    int DevicePrimaryCtxRelease(int device);

    int CtxPushCurrent(nint context);

    int CtxPopCurrent(nint* context);

    int StreamCreate(nint* stream, uint flags);

    int StreamDestroy(nint stream);

    int StreamSynchronize(nint stream);

    int StreamWaitEvent(nint stream, nint @event, uint flags);

    int EventCreate(nint* @event, uint flags);

    int EventDestroy(nint @event);

    int EventRecord(nint @event, nint stream);

    int EventQuery(nint @event);

    int EventSynchronize(nint @event);

    int EventElapsedTime(float* milliseconds, nint start, nint end);

    int MemPoolCreate(nint* pool, CudaPoolProperties* properties);

    int MemPoolDestroy(nint pool);

    int MemPoolSetAttribute(nint pool, int attribute, void* value);

    int MemAllocFromPoolAsync(ulong* address, nuint bytes, nint pool, nint stream);

    int MemFreeAsync(ulong address, nint stream);

    int MemAlloc(ulong* address, nuint bytes);

    int MemFree(ulong address);

    int MemHostAlloc(void** address, nuint bytes, uint flags);

    int MemFreeHost(void* address);

    int MemcpyHtoDAsync(ulong destination, void* source, nuint bytes, nint stream);

    int MemcpyDtoHAsync(void* destination, ulong source, nuint bytes, nint stream);

    int MemsetD8Async(ulong address, byte value, nuint count, nint stream);

    int ModuleLoadDataEx(nint* module, void* image, uint optionCount, int* options, void** optionValues);

    int ModuleUnload(nint module);

    int ModuleGetFunction(nint* function, nint module, byte* name);

    int FuncGetAttribute(int* value, int attribute, nint function);

    int FuncSetAttribute(nint function, int attribute, int value);

    int LaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** parameters);

    int GraphCreate(nint* graph, uint flags);

    int GraphDestroy(nint graph);

    int GraphAddKernelNode(nint* node, nint graph, nint* dependencies, nuint dependencyCount, CudaKernelNode* parameters);

    int GraphInstantiate(nint* instance, nint graph, ulong flags);

    int GraphExecKernelNodeSetParams(nint instance, nint node, CudaKernelNode* parameters);

    int GraphLaunch(nint instance, nint stream);

    int GraphExecDestroy(nint instance);
}
