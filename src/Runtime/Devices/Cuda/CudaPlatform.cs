using System.Text;
using static KernelFoundry.CudaNames;

namespace KernelFoundry;

/// <summary>Finds the devices of a CUDA driver and reads what they are.</summary>
internal static unsafe class CudaPlatform
{
    /// <summary>The oldest generation that PTX is rendered for.</summary>
    private const int LeastTarget = 70;

    /// <summary>The oldest generation with the instructions on matrices that PTX is rendered with.</summary>
    public const int MatrixTarget = 80;

    /// <summary>The oldest version of CUDA whose drivers take modules for one generation alone, which are of PTX 8.0: 12.0.</summary>
    public const int SpecificVersion = 12000;

    private static readonly Lazy<IReadOnlyList<CudaDeviceId>> System = new(() => DevicesOf(CudaLibrary.Instance!));

    /// <summary>The devices of the system's driver, which must be there.</summary>
    public static IReadOnlyList<CudaDeviceId> Devices => System.Value;

    /// <summary>One entry a device; one that says why if there are none.</summary>
    public static IReadOnlyList<DeviceInfo> Enumerate()
    {
        if (CudaLibrary.Unavailable is { } reason)
            return [Missing(reason)];
        try
        {
            return Devices.Count == 0 ? [Missing("the driver found no GPU")] : [.. Devices.Select(device => device.Info)];
        }
        catch (DeviceException failed)
        {
            return [Missing(failed.Message)];
        }
    }

    /// <summary>What a GPU of a generation before the newest instructions lacks.</summary>
    public static IEnumerable<string> Lacks(DeviceInfo device) => device.Features.HasFlag(DeviceFeatures.MatrixInstructions)
        ? []
        : ["no instructions on matrices of halves (compute capability 8.0): matrices and attention are multiplied in floats"];

    /// <summary>The devices of a driver, in its order.</summary>
    /// <exception cref="DeviceException">The driver does not start.</exception>
    public static IReadOnlyList<CudaDeviceId> DevicesOf(ICudaDriver driver)
    {
        int code = driver.Init(0);
        if (code == ErrorNoDevice)
            return [];
        Check(driver, code, "cuInit");
        int version, count;
        Check(driver, driver.DriverGetVersion(&version), "cuDriverGetVersion");
        Check(driver, driver.DeviceGetCount(&count), "cuDeviceGetCount");
        var found = new CudaDeviceId[count];
        for (int ordinal = 0; ordinal < count; ordinal++)
            found[ordinal] = TryDescribe(driver, ordinal, version);
        return found;
    }

    // A device that does not answer, as one that has fallen off the bus, is listed with the reason: the others are as good as before.
    private static CudaDeviceId TryDescribe(ICudaDriver driver, int ordinal, int version)
    {
        try
        {
            return Describe(driver, ordinal, version);
        }
        catch (DeviceException failed)
        {
            return new CudaDeviceId(
                ordinal, 0, version, 0, 0, false, new DeviceInfo { Kind = DeviceKind.Cuda, Name = $"CUDA device {ordinal}", Unavailable = failed.Message });
        }
    }

    private static DeviceInfo Missing(string reason) => new() { Kind = DeviceKind.Cuda, Name = "CUDA", Unavailable = reason };

    private static CudaDeviceId Describe(ICudaDriver driver, int ordinal, int version)
    {
        int handle;
        Check(driver, driver.DeviceGet(&handle, ordinal), "cuDeviceGet");
        int device = handle;
        byte* name = stackalloc byte[256];
        Check(driver, driver.DeviceGetName(name, 256, device), "cuDeviceGetName");
        nuint memory;
        Check(driver, driver.DeviceTotalMem(&memory, device), "cuDeviceTotalMem");
        var capability = new Version(Attribute(DeviceComputeCapabilityMajor), Attribute(DeviceComputeCapabilityMinor));
        int target = (10 * capability.Major) + capability.Minor;
        int staticShared = Attribute(DeviceMaxSharedMemoryPerBlock);
        return new CudaDeviceId(
            device, target, version, staticShared, Math.Min(Attribute(DeviceMaxGridY), Attribute(DeviceMaxGridZ)), Attribute(DeviceMemoryPoolsSupported) != 0,
            new DeviceInfo
            {
                Kind = DeviceKind.Cuda,
                Name = Encoding.UTF8.GetString(MemoryExtensions.TrimEnd(new ReadOnlySpan<byte>(name, 256), (byte)0)),
                Unavailable = WhyUnusable(capability, target, Attribute(DeviceComputeMode)),
                IsAccelerator = true,

                // 12040 is 12.4.
                Driver = FormattableString.Invariant($"CUDA {version / 1000}.{version % 1000 / 10}, compute capability {capability}"),
                ComputeCapability = capability,
                ComputeUnits = Attribute(DeviceMultiprocessorCount),
                ClockHertz = 1000L * Attribute(DeviceClockRate),
                MemoryBytes = (long)memory,
                LocalMemoryBytes = Math.Max(staticShared, Attribute(DeviceMaxSharedMemoryPerBlockOptIn)),
                MaxWorkGroup = Attribute(DeviceMaxThreadsPerBlock),
                Features = target >= MatrixTarget ? DeviceFeatures.IntegerDot | DeviceFeatures.MatrixInstructions : DeviceFeatures.IntegerDot,
            });

        int Attribute(int attribute)
        {
            int value;
            Check(driver, driver.DeviceGetAttribute(&value, attribute, device), "cuDeviceGetAttribute");
            return value;
        }
    }

    private static string? WhyUnusable(Version capability, int target, int computeMode)
    {
        if (computeMode == ComputeModeProhibited)
            return "its compute mode is 'prohibited': nvidia-smi --compute-mode changes it";
        return target < LeastTarget ? $"it has compute capability {capability}, and 7.0 is needed" : null;
    }

    private static void Check(ICudaDriver driver, int code, string call)
    {
        if (code != Success)
            throw new DeviceException($"{call} failed: {driver.ErrorName(code)}");
    }
}
