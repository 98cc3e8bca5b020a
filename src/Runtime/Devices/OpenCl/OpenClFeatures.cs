using static KernelFoundry.OpenClNames;

namespace KernelFoundry;

/// <summary>What OpenCL devices may have: how it is found out, and what its absence means.</summary>
internal static class OpenClFeatures
{
    private static readonly (DeviceFeatures Feature, string Lack)[] Consequences =
    [
        (DeviceFeatures.HostMemory, "no memory shared with the host: weights and inputs are copied to the device, results back"),
        (DeviceFeatures.SubGroups, "no sub-groups that shuffle (cl_khr_subgroups, cl_khr_subgroup_shuffle): work-items add up through local memory, with a barrier a step"),
        (DeviceFeatures.HalfPrecision, "no half-precision arithmetic that keeps subnormal numbers and rounds to nearest (cl_khr_fp16, CL_FP_DENORM, CL_FP_ROUND_TO_NEAREST): sums and products of two halves are computed in floats, with the same bits"),
        (DeviceFeatures.IntegerDot, "no integer dot product (cl_khr_integer_dot_product): bytes are multiplied one by one, with the same result"),
    ];

    // What the largest kernels of the library ask for.
    private const int WorkGroup = 256, LocalBytes = 32 << 10;

    public static IEnumerable<string> Lacks(DeviceInfo device)
    {
        if (device.MaxWorkGroup < WorkGroup)
            yield return $"work-groups of at most {device.MaxWorkGroup} items: kernels that ask for more, up to {WorkGroup}, run in smaller ones";
        if (device.LocalMemoryBytes < LocalBytes)
            yield return $"local memory of {device.LocalMemoryBytes} bytes: kernels that need more for their shapes are refused";
        foreach ((DeviceFeatures feature, string lack) in Consequences)
        {
            if (!device.Features.HasFlag(feature))
                yield return lack;
        }
    }

    /// <summary>The features of a device with OpenCL of a version, as in "OpenCL 3.0 ...".</summary>
    public static DeviceFeatures Of(nint device, string version)
    {
        string[] extensions = OpenClPlatform.DeviceText(device, DeviceExtensions).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        DeviceFeatures features = DeviceFeatures.None;
        if (OpenClPlatform.DeviceValue<uint>(device, DeviceHostUnifiedMemory) != 0)
            features |= DeviceFeatures.HostMemory;
        bool hasSubGroups = IsAtLeast(version, 2, 1)
            && (extensions.Contains("cl_khr_subgroups") || OpenClPlatform.DeviceValue<uint>(device, DeviceMaxNumSubGroups) > 0);
        if (hasSubGroups && extensions.Contains("cl_khr_subgroup_shuffle"))
            features |= DeviceFeatures.SubGroups;
        if (extensions.Contains("cl_khr_fp16") && KeepsBits(OpenClPlatform.DeviceValue<ulong>(device, DeviceHalfFpConfig)))
            features |= DeviceFeatures.HalfPrecision;
        if (extensions.Contains("cl_khr_integer_dot_product"))
            features |= DeviceFeatures.IntegerDot;
        return features;
    }

    /// <summary>Whether arithmetic in halves, as CL_DEVICE_HALF_FP_CONFIG describes it, has the bits of floats that are rounded to halves.</summary>
    public static bool KeepsBits(ulong halfConfiguration) => (~halfConfiguration & (FpDenorm | FpRoundToNearest)) == 0;

    /// <summary>Whether "OpenCL major.minor ..." is a version or a later one. Major and minor are single digits in every version published.</summary>
    public static bool IsAtLeast(string version, int major, int minor)
    {
        const string Start = "OpenCL ";
        if (version.Length < Start.Length + 3 || !version.StartsWith(Start, StringComparison.Ordinal))
            return false;
        int hasMajor = version[Start.Length] - '0', hasMinor = version[Start.Length + 2] - '0';
        return hasMajor > major || (hasMajor == major && hasMinor >= minor);
    }
}
