namespace KernelFoundry;

/// <summary>A device of the CUDA driver.</summary>
/// <param name="Handle">Its CUdevice, which is its ordinal.</param>
/// <param name="Target">Its compute capability as PTX writes it: 90 for 9.0.</param>
/// <param name="DriverVersion">The driver's version of CUDA: 12040 for 12.4.</param>
/// <param name="StaticSharedBytes">Shared memory of a block without asking for more.</param>
/// <param name="MaxGrid1">Most programs along grid axes 1 and 2.</param>
/// <param name="HasPools">Whether memory comes from pools, in the stream's order.</param>
/// <param name="Info">What it is.</param>
internal sealed record CudaDeviceId(int Handle, int Target, int DriverVersion, int StaticSharedBytes, int MaxGrid1, bool HasPools, DeviceInfo Info);
