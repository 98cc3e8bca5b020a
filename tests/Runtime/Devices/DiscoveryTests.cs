namespace KernelFoundry.Tests;

public class DiscoveryTests
{
    [Fact]
    public void Every_kind_is_accounted_for()
    {
        IReadOnlyList<DeviceInfo> found = Device.Enumerate();
        foreach (DeviceKind kind in Enum.GetValues<DeviceKind>())
            Assert.Contains(found, info => info.Kind == kind);
        Assert.Contains(found, info => info.Kind == DeviceKind.Cpu && info.IsAvailable && info.ComputeUnits >= 1);
        Assert.All(found, info => Assert.True(info.IsAvailable || info.Unavailable!.Length > 10));
    }

    [Fact]
    public void The_best_device_is_an_accelerator_or_the_cpu()
    {
        using Device device = Device.Open();
        Assert.True(device.Kind == DeviceKind.Cpu || device.Info.IsAccelerator);
    }

    [Fact]
    public void A_device_that_is_not_there_is_an_error_that_lists_what_is()
    {
        string message = Assert.Throws<DeviceException>(() => Device.Open(new DeviceOptions { Name = "no such device" })).Message;
        Assert.Contains("named 'no such device'", message, StringComparison.Ordinal);
        Assert.Contains("Cpu: Cpu (", message, StringComparison.Ordinal);
        Assert.Contains("Reference: Reference", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_chooses_among_devices_that_fit()
    {
        using Device first = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Index = 0 });
        Assert.Equal(DeviceKind.Cpu, first.Kind);
        string message = Assert.Throws<DeviceException>(() => Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Index = 1 })).Message;
        Assert.Contains("No device fits (Cpu, index 1)", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Open(new DeviceOptions { Index = -1 }));
    }

    [Fact]
    public void The_reference_cannot_be_disposed_away()
    {
        Device.Reference.Dispose();
        Assert.Equal(1, Device.Reference.Allocate<float>(1).Count);
        using Device own = Device.Open(new DeviceOptions { Kind = DeviceKind.Reference });
        Assert.True(own.IsReference);
    }

    [Fact]
    public void Compiled_code_and_the_reference_do_not_mix()
    {
        Assert.Throws<InvalidOperationException>(() => ProbeKernel.Launch(Device.Reference, ProbeKernel.Count, Device.Reference.Allocate<int>(1), 1));
        using Device cpu = TestDevices.Open("Cpu");
        Assert.Throws<InvalidOperationException>(() => cpu.LaunchReference(ProbeKernel.Count.Kernel, 0, static _ => { }));
    }
}
