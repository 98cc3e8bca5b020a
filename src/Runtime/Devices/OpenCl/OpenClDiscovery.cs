namespace KernelFoundry;

/// <summary>What was found on the platforms of a loader: a platform or a device that fails is said to, and hides no other.</summary>
/// <param name="Devices">The devices.</param>
/// <param name="Failures">What the others answered.</param>
internal sealed record OpenClDiscovery(IReadOnlyList<OpenClDeviceId> Devices, IReadOnlyList<string> Failures)
{
    public static OpenClDiscovery Of(IReadOnlyList<nint> platforms, Func<nint, nint[]> devicesOf, Func<nint, nint, OpenClDeviceId> describe)
    {
        var devices = new List<OpenClDeviceId>();
        var failures = new List<string>();
        for (int i = 0; i < platforms.Count; i++)
        {
            nint platform = platforms[i];
            nint[] ids = [];
            Try($"platform {i + 1} of {platforms.Count}", () => ids = devicesOf(platform));
            for (int j = 0; j < ids.Length; j++)
                Try($"device {j + 1} of platform {i + 1}", () => devices.Add(describe(platform, ids[j])));
        }

        return new OpenClDiscovery(devices, failures);

        void Try(string what, Action look)
        {
            try
            {
                look();
            }
            catch (DeviceException failed)
            {
                failures.Add($"{what}: {failed.Message}");
            }
        }
    }
}
