namespace KernelFoundry.Tests;

/// <summary>Devices for tests. OpenCL is skipped where there is none, unless KERNELFOUNDRY_REQUIRE_OPENCL=1 makes its absence a failure.</summary>
internal static class TestDevices
{
    public static Device Open(string kind, TextWriter? log = null, DeviceFeatures without = DeviceFeatures.None, DeviceFeatures claimed = DeviceFeatures.None)
    {
        var options = new DeviceOptions { Kind = Enum.Parse<DeviceKind>(kind), Threads = 3, LaunchLog = log, Without = without, Claimed = claimed };
        if (options.Kind == DeviceKind.OpenCl)
            RequireOpenCl();
        return Device.Open(options);
    }

    /// <summary>Whether the OpenCL device has sub-groups of its own.</summary>
    public static bool HasSubGroups =>
        Device.Enumerate().Any(info => info is { Kind: DeviceKind.OpenCl, IsAvailable: true } && info.Features.HasFlag(DeviceFeatures.SubGroups));

    public static void RequireOpenCl()
    {
        List<DeviceInfo> found = [.. Device.Enumerate().Where(info => info.Kind == DeviceKind.OpenCl)];
        if (found.Exists(info => info.IsAvailable))
            return;
        string reason = string.Join("; ", found);
        if (Environment.GetEnvironmentVariable("KERNELFOUNDRY_REQUIRE_OPENCL") == "1")
            Assert.Fail(reason);
        Assert.Skip(reason);
    }
}
