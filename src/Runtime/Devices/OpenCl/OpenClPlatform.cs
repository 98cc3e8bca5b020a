using System.Text;
using static KernelFoundry.OpenClNames;

namespace KernelFoundry;

/// <summary>Finds the devices of all OpenCL platforms and reads what they are.</summary>
internal static unsafe class OpenClPlatform
{
    // Looked for once, by one thread: drivers set themselves up in the first calls, and PoCL 3 crashes when two threads make them at once.
    private static readonly Lazy<OpenClDiscovery> Found = new(() => OpenClDiscovery.Of(Platforms(), DeviceIds, Describe));

    /// <summary>The devices of all platforms. The loader must be available.</summary>
    public static IReadOnlyList<OpenClDeviceId> Devices => Found.Value.Devices;

    /// <summary>One entry a device, accelerators first; one that says why if there are none.</summary>
    public static IReadOnlyList<DeviceInfo> Enumerate()
    {
        if (OpenClLibrary.Unavailable is { } reason)
            return [Missing(reason)];
        try
        {
            OpenClDiscovery found = Found.Value;
            return found.Devices.Count + found.Failures.Count == 0
                ? [Missing("the OpenCL loader found no platform with a device: install a driver's ICD, or pocl-opencl-icd for the CPU")]
                : [.. found.Devices.Select(device => device.Info).OrderByDescending(info => info.IsAccelerator), .. found.Failures.Select(Missing)];
        }
        catch (DeviceException failed)
        {
            return [Missing(failed.Message)];
        }
    }

    public static string DeviceText(nint device, uint what) => Text(
        (name, size, value, actual) => OpenClLibrary.GetDeviceInfo(device, name, size, (void*)value, (nuint*)actual),
        what);

    public static T DeviceValue<T>(nint device, uint what)
        where T : unmanaged
    {
        T value = default;
        Check(OpenClLibrary.GetDeviceInfo(device, what, (nuint)sizeof(T), &value, null), "clGetDeviceInfo");
        return value;
    }

    public static void Check(int code, string call)
    {
        if (code != Success)
            throw new DeviceException($"{call} failed: {ErrorName(code)}");
    }

    private static DeviceInfo Missing(string reason) => new() { Kind = DeviceKind.OpenCl, Name = "OpenCL", Unavailable = reason };

    private static nint[] Platforms()
    {
        uint count = 0;
        int code = OpenClLibrary.GetPlatformIDs(0, null, &count);
        if (code == PlatformNotFound || count == 0)
            return [];
        Check(code, "clGetPlatformIDs");
        var platforms = new nint[count];
        fixed (nint* first = platforms)
            Check(OpenClLibrary.GetPlatformIDs(count, first, null), "clGetPlatformIDs");
        return platforms;
    }

    private static nint[] DeviceIds(nint platform)
    {
        uint count = 0;
        int code = OpenClLibrary.GetDeviceIDs(platform, DeviceTypeAll, 0, null, &count);
        if (code == DeviceNotFound || count == 0)
            return [];
        Check(code, "clGetDeviceIDs");
        var devices = new nint[count];
        fixed (nint* first = devices)
            Check(OpenClLibrary.GetDeviceIDs(platform, DeviceTypeAll, count, first, null), "clGetDeviceIDs");
        return devices;
    }

    private static OpenClDeviceId Describe(nint platform, nint device)
    {
        string platformName = PlatformText(platform, PlatformName);
        string platformVersion = PlatformText(platform, PlatformVersion);
        string version = DeviceText(device, DeviceVersion);
        return new OpenClDeviceId(device, $"{platformVersion}|{version}", new DeviceInfo
        {
            Kind = DeviceKind.OpenCl,
            Name = DeviceText(device, DeviceName),
            Unavailable = WhyUnusable(device, version),
            IsAccelerator = (DeviceValue<ulong>(device, DeviceType) & DeviceTypeCpu) == 0,
            Driver = $"{platformName}, driver {DeviceText(device, DriverVersion)}",
            ComputeUnits = (int)DeviceValue<uint>(device, DeviceMaxComputeUnits),
            MemoryBytes = (long)DeviceValue<ulong>(device, DeviceGlobalMemSize),
            LocalMemoryBytes = (long)DeviceValue<ulong>(device, DeviceLocalMemSize),
            MaxWorkGroup = (int)DeviceValue<nuint>(device, DeviceMaxWorkGroupSize),
            PreferredWorkGroupMultiple = OpenClFeatures.IsAtLeast(version, 3, 0) ? (int)DeviceValue<nuint>(device, DevicePreferredWorkGroupSizeMultiple) : 0,
            Features = OpenClFeatures.Of(device, version),
        });
    }

    private static string? WhyUnusable(nint device, string version)
    {
        if (DeviceValue<uint>(device, DeviceAvailable) == 0)
            return "the driver says it is not available";
        if (DeviceValue<uint>(device, DeviceCompilerAvailable) == 0)
            return "its driver has no compiler";
        if (DeviceValue<uint>(device, DeviceEndianLittle) == 0)
            return "it is big-endian";

        if (!OpenClFeatures.IsAtLeast(version, 1, 2))
            return $"it has {version}, and OpenCL 1.2 is needed";
        return null;
    }

    private static string PlatformText(nint platform, uint what) => Text(
        (name, size, value, actual) => OpenClLibrary.GetPlatformInfo(platform, name, size, (void*)value, (nuint*)actual),
        what);

    private static string Text(Func<uint, nuint, nint, nint, int> query, uint what)
    {
        nuint size = 0;
        Check(query(what, 0, 0, (nint)(&size)), "clGetInfo");
        var bytes = new byte[size];
        fixed (byte* first = bytes)
            Check(query(what, size, (nint)first, 0), "clGetInfo");
        return Encoding.UTF8.GetString(bytes).TrimEnd('\0').Trim();
    }
}
