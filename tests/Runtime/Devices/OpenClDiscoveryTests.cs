namespace KernelFoundry.Tests;

public class OpenClDiscoveryTests
{
    [Fact]
    public void A_platform_that_fails_hides_no_other()
    {
        OpenClDiscovery found = OpenClDiscovery.Of(
            [1, 2, 3], platform => platform == 2 ? throw new DeviceException("no such driver") : [platform * 10, (platform * 10) + 1], Describe);
        Assert.Equal(["10", "11", "30", "31"], found.Devices.Select(device => device.Info.Name));
        Assert.Equal("platform 2 of 3: no such driver", Assert.Single(found.Failures));
    }

    [Fact]
    public void A_device_that_fails_hides_no_other()
    {
        OpenClDiscovery found = OpenClDiscovery.Of(
            [1, 2], platform => [platform * 10, (platform * 10) + 1], (platform, device) => device == 11 ? throw new DeviceException("gone") : Describe(platform, device));
        Assert.Equal(["10", "20", "21"], found.Devices.Select(device => device.Info.Name));
        Assert.Equal("device 2 of platform 1: gone", Assert.Single(found.Failures));
    }

    private static OpenClDeviceId Describe(nint platform, nint device) =>
        new(device, $"{platform}", new DeviceInfo { Kind = DeviceKind.OpenCl, Name = $"{device}" });
}
