using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Tests;

/// <summary>Events, page-locked buffers and copies that nobody waits for.</summary>
public unsafe class DeviceQueueTests
{
    private static readonly KernelVariantSet Push = ProbeKernel.Cuda(PtxText.Push, "push", &ProbeKernel.OneProgram);

    private readonly EmulatedCudaDriver driver = new(new EmulatedGpu("Queues", 80));

    [Fact]
    public void Copies_are_over_when_an_event_after_them_is_reached()
    {
        using Device device = EmulatedCuda.Open(driver, 0);
        using HostBuffer host = device.AllocateHost(16);
        using DeviceEvent written = device.CreateEvent(), read = device.CreateEvent();
        View1<int> y = device.Allocate<int>(4);
        Assert.True(written.IsReached);
        host.Span<int>(0, 4)[1] = 20;
        y.Memory!.BeginWrite(4, host, 4, 4);
        written.Record();
        CudaDeviceTests.Store(device, Push, y.Slice(1, 1), 2);
        y.Memory.BeginRead(0, host, 0, 16);
        read.Record();

        // The emulated driver does nothing before it must.
        Assert.False(written.IsReached);
        Assert.Equal([0, 20, 0, 0], host.Span<int>(0, 4).ToArray());
        written.Wait();
        Assert.False(read.IsReached);
        read.Wait();
        Assert.Equal([0, 42, 0, 0], host.Span<int>(0, 4).ToArray());
        Assert.True(read.ElapsedSince(written) >= TimeSpan.Zero);
    }

    [Fact]
    public void Two_queues_of_one_gpu_share_memory_and_are_ordered_by_events()
    {
        using Device one = EmulatedCuda.Open(driver, 0);
        using Device two = EmulatedCuda.Open(driver, 0);
        View1<int> y = one.Allocate<int>(1);
        using DeviceEvent pushed = one.CreateEvent();
        CudaDeviceTests.Store(one, Push, y, 1);
        pushed.Record();
        two.WaitFor(pushed);
        CudaDeviceTests.Store(two, Push, y, 5);
        two.Synchronize();
        Assert.Equal([7], y.ToArray());
    }

    [Fact]
    public void Buffers_know_their_bounds()
    {
        using Device device = EmulatedCuda.Open(driver, 0);
        HostBuffer host = device.AllocateHost(16);
        View1<int> y = device.Allocate<int>(4);
        Assert.Throws<ArgumentOutOfRangeException>(() => host.Span<int>(4, 4).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => y.Memory!.BeginRead(0, host, 8, 12));
        Assert.Throws<ArgumentOutOfRangeException>(() => y.Memory!.BeginWrite(8, host, 0, 12));
        Assert.Throws<ArgumentOutOfRangeException>(() => y.Memory!.BeginWrite(0, host, -1, 1));
        host.Dispose();
        Assert.Throws<ObjectDisposedException>(() => y.Memory!.BeginRead(0, host, 0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.AllocateHost(-1));
    }

    [Theory]
    [InlineData("Cpu")]
    [InlineData("Reference")]
    public void Devices_without_queues_copy_while_the_host_waits(string kind)
    {
        using Device device = TestDevices.Open(kind);
        using HostBuffer host = device.AllocateHost(8);
        using DeviceEvent first = device.CreateEvent(), last = device.CreateEvent();
        View1<int> y = device.Allocate<int>(2);
        host.Span<int>(0, 2)[1] = 3;
        first.Record();
        y.Memory!.BeginWrite(0, host, 4, 4);
        y.Memory.BeginRead(0, host, 0, 4);
        last.Record();
        device.WaitFor(last);
        Assert.Equal([3, 3], host.Span<int>(0, 2).ToArray());
        Assert.True(last.IsReached && last.ElapsedSince(first) >= TimeSpan.Zero);
        using Device cuda = EmulatedCuda.Open(driver, 0);
        using DeviceEvent other = cuda.CreateEvent();
        Assert.Throws<ArgumentException>(() => last.ElapsedSince(other));
        Assert.Throws<ArgumentException>(() => other.ElapsedSince(last));
    }
}
