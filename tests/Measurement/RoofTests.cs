using KernelFoundry.Testing;

namespace KernelFoundry.Measurement.Tests;

public sealed class RoofTests
{
    [Theory]
    [KernelData(typeof(Roof), nameof(Roof.Read))]
    public void Read(KernelTest test) => KernelRunner.Run(test);

    // Bounds no machine is outside of, but a wrong unit or count is.
    [Theory]
    [DeviceData]
    public void BandwidthIsPlausible(Device device)
    {
        using var reading = new ReadBandwidth(device, device.IsReference ? 1 << 16 : 1 << 24);
        Assert.Equal(0, reading.Best);
        double first = reading.Measure(), second = reading.Measure();
        Assert.Equal(Math.Max(first, second), reading.Best);
        Assert.InRange(reading.Best, 1e7, 1e14);
    }

    [Fact]
    public void SmallAndLargeBuffersAreClamped()
    {
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 3 });
        using var small = new ReadBandwidth(device, 0);
        Assert.InRange(small.Bytes, 1, 1 << 16);
        Assert.True(small.Measure() > 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReadBandwidth(device, -1));
    }

    [Fact]
    public void PeakIsPlausibleOnAnyNumberOfThreads()
    {
        Assert.InRange(FmaPeak.Measure(1), 1e8, 1e13);
        Assert.InRange(FmaPeak.Measure(3), 1e8, 1e14);
        Assert.Throws<ArgumentOutOfRangeException>(() => FmaPeak.Measure(0));
    }
}
