using KernelFoundry.Testing.Ptx;

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

    /// <summary>Opens an emulated device that changes modules before it loads them: for tests of whether mistakes in them are found.</summary>
    internal static Device OpenMistaken(Func<string, string> rewrite, int target = 90) =>
        Open(new EmulatedCudaDriver(new EmulatedGpu("Mistaken", target)) { Rewrite = rewrite }, 0);

    /// <summary>Whether a device is an emulated one.</summary>
    /// <param name="device">The device.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsEmulated(Device device) => device is CudaDevice { Queue.Driver: EmulatedCudaDriver };

    /// <summary>
    /// Holds a module to the rules of PTX without running it: every instruction known, operands of the right kind, type and space, labels and parameters there,
    /// registers written before they are read, no barrier where threads part by their number.
    /// </summary>
    /// <param name="code">The module.</param>
    /// <exception cref="ArgumentException">A rule is broken; the message has the line and the text of the instruction.</exception>
    public static void Check(CudaCode code)
    {
        ArgumentNullException.ThrowIfNull(code);
        try
        {
            PtxModule module = PtxParser.Parse(code.Source);
            if (module.Target != code.Target || module.IsSpecific != code.IsSpecific)
                throw new PtxException(2, $"the module is for sm_{module.Target}{(module.IsSpecific ? "a" : "")}, and said to be for sm_{code.Target}{(code.IsSpecific ? "a" : "")}");
            if (!module.Entries.TryGetValue(code.EntryPoint, out PtxEntry? entry))
                throw new PtxException(1, $"the module has no entry {code.EntryPoint}");
            _ = new PtxProgram(module, entry);
        }
        catch (PtxException mistake)
        {
            throw new ArgumentException($"{code.EntryPoint}: {mistake.Message}", nameof(code), mistake);
        }
    }

    internal static CudaDevice Open(ICudaDriver driver, int ordinal, DeviceOptions? options = null) =>
        CudaDevice.Open(driver, CudaPlatform.DevicesOf(driver)[ordinal], options ?? new DeviceOptions());
}
