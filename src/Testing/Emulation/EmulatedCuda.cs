namespace KernelFoundry.Testing.Emulation;

/// <summary>
/// CUDA devices without a GPU: the Cuda device itself, over a driver that checks and interprets the very PTX that a GPU's driver would compile. It finds races between
/// threads of a block, accesses out of bounds, reads of what nothing has written, and barriers that not all threads come to.
/// </summary>
public static class EmulatedCuda
{
    /// <summary>Opens an emulated device.</summary>
    /// <param name="target">Its compute capability as PTX writes it: 90 for 9.0. Kernels run the newest of their modules that it allows.</param>
    /// <param name="options">How the device behaves; kind, name and index are of no account.</param>
    /// <returns>The device; the caller disposes of it.</returns>
    public static Device Open(int target = 90, DeviceOptions? options = null) =>
        Open(new EmulatedCudaDriver(new EmulatedGpu($"Emulated sm_{target}", target)), 0, options);

    /// <summary>Whether a device is an emulated one.</summary>
    /// <param name="device">The device.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsEmulated(Device device) => device is CudaDevice { Queue.Driver: EmulatedCudaDriver };

    internal static CudaDevice Open(ICudaDriver driver, int ordinal, DeviceOptions? options = null) =>
        CudaDevice.Open(driver, CudaPlatform.DevicesOf(driver)[ordinal], options ?? new DeviceOptions());
}
