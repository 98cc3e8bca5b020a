namespace KernelFoundry;

/// <summary>The constants of cuda.h that are used here.</summary>
internal static class CudaNames
{
    public const int Success = 0;
    public const int ErrorInvalidValue = 1;
    public const int ErrorOutOfMemory = 2;
    public const int ErrorNoDevice = 100;
    public const int ErrorInvalidContext = 201;
    public const int ErrorInvalidHandle = 400;
    public const int ErrorNotFound = 500;
    public const int ErrorNotReady = 600;
    public const int ErrorInvalidPtx = 218;
    public const int ErrorDeinitialized = 4;

    public const int DeviceMaxThreadsPerBlock = 1;
    public const int DeviceMaxGridX = 5;
    public const int DeviceMaxGridY = 6;
    public const int DeviceMaxGridZ = 7;
    public const int DeviceMaxSharedMemoryPerBlock = 8;
    public const int DeviceClockRate = 13;
    public const int DeviceMultiprocessorCount = 16;
    public const int DeviceComputeMode = 20;
    public const int DeviceComputeCapabilityMajor = 75;
    public const int DeviceComputeCapabilityMinor = 76;
    public const int DeviceMaxSharedMemoryPerBlockOptIn = 97;
    public const int DeviceMemoryPoolsSupported = 115;

    public const int ComputeModeProhibited = 2;

    public const uint StreamNonBlocking = 1;

    public const uint EventDefault = 0;
    public const uint EventDisableTiming = 2;

    public const int PoolAllocationPinned = 1;
    public const int LocationDevice = 1;
    public const int PoolReleaseThreshold = 4;

    public const int JitInfoLogBuffer = 3;
    public const int JitInfoLogBufferBytes = 4;
    public const int JitErrorLogBuffer = 5;
    public const int JitErrorLogBufferBytes = 6;

    public const int FunctionMaxThreadsPerBlock = 0;
    public const int FunctionSharedBytes = 1;
    public const int FunctionMaxDynamicSharedBytes = 8;
}
