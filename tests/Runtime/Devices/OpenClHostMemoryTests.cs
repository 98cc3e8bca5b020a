namespace KernelFoundry.Tests;

/// <summary>Buffers without copies, on devices that share the host's memory, as PoCL does; skipped on others.</summary>
public unsafe class OpenClHostMemoryTests
{
    // y = 2 x + 1
    private const string Source = """
        __kernel void line(__global const uchar* x, long x_off, int x_e0, __global uchar* y, long y_off, int y_e0)
        {
            for (int i = 0; i < x_e0; i++)
                ((__global float*)(y + y_off))[i] = 2 * ((__global const float*)(x + x_off))[i] + 1;
        }
        """;

    [Fact]
    public void The_host_reads_and_writes_in_place()
    {
        using Device device = Open();
        View1<float> x = device.Allocate<float>(5).Slice(1, 3), y = device.Allocate<float>(4).Slice(1, 3);
        Assert.True(x.Memory!.IsHostAddressable);
        Assert.Equal([0f, 0, 0], x.AsSpan());
        for (int turn = 0; turn < 50; turn++)
        {
            x.AsSpan()[0] = turn;
            x.Store(1, turn + 1);
            x.Slice(2, 1).CopyFrom([turn + 2f]);
            Line(device, x, y);
            Line(device, y, x);
            Assert.Equal([(4f * turn) + 3, (4f * turn) + 7, (4f * turn) + 11], x.AsSpan());
            Assert.Equal((2f * turn) + 1, y.Load(0));
            Assert.Equal([(2f * turn) + 1, (2f * turn) + 3, (2f * turn) + 5], y.ToArray());
        }
    }

    [Fact]
    public void Wrapped_memory_is_the_very_same()
    {
        using Device device = Open();
        float* values = stackalloc float[3] { 1, 2, 3 };
        View1<float> y = device.Allocate<float>(3);
        using (DeviceMemory memory = device.Wrap(values, 12))
        {
            fixed (float* seen = new View1<float>(memory, 0, 3).AsSpan())
                Assert.True(seen == values);
            values[0] = 9;
            Line(device, new View1<float>(memory, 0, 3), y);
            Assert.Equal([19f, 5, 7], y.ToArray());
        }

        using DeviceMemory nothing = device.Wrap(values, 0);
        Assert.Equal(0, nothing.ByteLength);
    }

    [Fact]
    public void An_array_can_be_a_view()
    {
        using Device device = Open();
        Assert.SkipWhen(device.Info.IsAccelerator, "A graphics processor's driver may copy.");
        float[] values = [1, 2, 3];
        View1<float> y = device.Allocate<float>(3);
        using (DeviceMemory memory = device.Pin(values))
        {
            Line(device, new View1<float>(memory, 0, 3), y);
            Line(device, y, new View1<float>(memory, 0, 3));
            device.Synchronize();
            Assert.Equal([7f, 11, 15], values);
        }
    }

    [Fact]
    public void The_owner_is_told_when_launches_have_ended()
    {
        using Device device = Open();
        var owner = new Owner();
        float* values = stackalloc float[1] { 1 };
        View1<float> y = device.Allocate<float>(1);
        DeviceMemory memory = device.Wrap(values, 4, owner);
        Line(device, new View1<float>(memory, 0, 1), y);
        Assert.False(owner.IsDisposed);
        memory.Dispose();
        Assert.True(owner.IsDisposed);
        Assert.Equal([3f], y.ToArray());
    }

    [Fact]
    public void Other_devices_of_the_host_see_what_was_launched_before()
    {
        using Device device = Open();
        using Device cpu = TestDevices.Open("Cpu");
        View2<float> x = device.Upload<float>([1, 2, 3, 4], 2, 2);
        View1<float> y = device.Allocate<float>(2), sums = cpu.Allocate<float>(2);
        Line(device, new View1<float>(x.Memory!, 0, 4), new View1<float>(x.Memory!, 0, 4));
        HandCompiledKernel.RowSum(cpu, x, sums, new HandBias(), 1);
        Assert.Equal([3f + 5, 7 + 9], sums.ToArray());
        Assert.Throws<ArgumentException>(() => Line(device, sums, y));
    }

    [Fact]
    public void A_disposed_device_leaves_what_the_host_had()
    {
        Device device = Open();
        View1<float> mapped = device.Upload<float>([1, 2]), away = device.Upload<float>([1, 2]);
        Line(device, mapped, away);
        ReadOnlySpan<float> values = mapped.AsSpan();
        device.Dispose();
        Assert.Equal([1f, 2], values);
        Assert.Throws<ObjectDisposedException>(() => away.AsSpan());
        mapped.Memory!.Dispose();
        away.Memory!.Dispose();
    }

    [Fact]
    public void What_a_device_lacks_is_said_with_what_follows()
    {
        using Device device = Open(), without = TestDevices.Open("OpenCl", without: DeviceFeatures.HostMemory);
        Assert.True(device.Info.Features.HasFlag(DeviceFeatures.HostMemory));
        Assert.DoesNotContain(device.Info.Lacks, lack => lack.StartsWith("no memory shared", StringComparison.Ordinal));
        Assert.Contains(without.Info.Lacks, lack => lack.StartsWith("no memory shared", StringComparison.Ordinal));
        Assert.Empty(Device.Reference.Info.Lacks);
        DeviceInfo nothing = device.Info with { Features = DeviceFeatures.None, MaxWorkGroup = 128, LocalMemoryBytes = 16384 };
        Assert.Equal(6, nothing.Lacks.Count());
        Assert.Contains(nothing.Lacks, lack => lack.Contains("128 items", StringComparison.Ordinal));
        Assert.Contains(nothing.Lacks, lack => lack.Contains("16384 bytes", StringComparison.Ordinal));
        Assert.All(nothing.Lacks, lack => Assert.Contains(": ", lack, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("OpenCL 1.2 pocl", 1, 2, true)]
    [InlineData("OpenCL 1.1 Mesa", 1, 2, false)]
    [InlineData("OpenCL 3.0", 2, 1, true)]
    [InlineData("OpenCL 2.0 AMD-APP", 2, 1, false)]
    [InlineData("OpenCL", 1, 2, false)]
    [InlineData("GLES 3.0 x", 1, 2, false)]
    public void Versions_are_compared(string version, int major, int minor, bool isAtLeast) =>
        Assert.Equal(isAtLeast, OpenClFeatures.IsAtLeast(version, major, minor));

    private static Device Open()
    {
        Device device = TestDevices.Open("OpenCl");
        if (!device.SharesHostMemory)
        {
            device.Dispose();
            Assert.Skip("The OpenCL device has memory of its own.");
        }

        return device;
    }

    private static void Line(Device device, View1<float> x, View1<float> y)
    {
        var arguments = new KernelArguments();
        arguments.Add(x);
        arguments.Add(y);
        device.Launch(Lines, ref arguments);
    }

    private static KernelVariantSet Lines { get; } = ProbeKernel.OpenCl(Source, "line", &ProbeKernel.OneProgram);

    private sealed class Owner : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
