using System.Runtime.CompilerServices;
using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Tests;

/// <summary>What is left of the CUDA device when the driver refuses: no exception where things are released, and nothing released that is still used.</summary>
public unsafe class CudaFailureTests
{
    private static readonly KernelVariantSet Store = ProbeKernel.Cuda(PtxText.Store, "store", &ProbeKernel.OneProgram);

    private readonly EmulatedCudaDriver driver = new(new EmulatedGpu("First", 80), new EmulatedGpu("Second", 80) { HasPools = false });

    [Fact]
    public void An_event_that_is_not_created_takes_nothing_with_it()
    {
        using (Device device = EmulatedCuda.Open(driver, 0))
        {
            foreach (string refused in new[] { nameof(ICudaDriver.EventCreate), nameof(ICudaDriver.CtxPushCurrent) })
            {
                driver.Failing = name => name == refused ? CudaNames.ErrorOutOfMemory : CudaNames.Success;
                Assert.Contains("CUDA_ERROR_OUT_OF_MEMORY", Assert.Throws<DeviceException>(device.CreateEvent).Message, StringComparison.Ordinal);
                driver.Failing = null;
                Collect();
                Assert.Equal(1, driver.ContextReferences(0));
                View1<int> y = device.Upload<int>([1, 2]);
                Assert.Equal([1, 2], y.ToArray());
                y.Memory!.Dispose();
            }
        }

        Assert.Equal(0, driver.ContextReferences(0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void What_is_disposed_of_in_a_lost_context_lets_go_of_it(int ordinal)
    {
        IDisposable[] everything = Everything(ordinal);
        driver.Failing = Lost;
        foreach (IDisposable each in everything)
            each.Dispose();
        Assert.Equal(0, driver.ContextReferences(ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void What_is_collected_in_a_lost_context_lets_go_of_it(int ordinal)
    {
        // An exception in a finalizer would end the process.
        Forget(ordinal);
        Collect();
        Assert.Equal(0, driver.ContextReferences(ordinal));
    }

    [Fact]
    public void Memory_freed_while_recording_in_a_lost_context_ends_the_recording()
    {
        Device device = EmulatedCuda.Open(driver, 0);
        LaunchGraph graph = device.CreateGraph();
        View1<int> y = device.Allocate<int>(1);
        Assert.Throws<DeviceException>(() => graph.Run((device, y, driver), static a =>
        {
            CudaDeviceTests.Store(a.device, Store, a.y, 1);
            a.y.Memory!.Dispose();
            a.driver.Failing = Lost;
        }));
        driver.Failing = null;
        device.Synchronize();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Copies_work_once_their_buffers_can_be_had(int failing)
    {
        using Device device = EmulatedCuda.Open(driver, 0);
        View1<int> y = device.Allocate<int>(2);
        int created = 0;
        driver.Failing = name => name == nameof(ICudaDriver.EventCreate) && ++created == failing ? CudaNames.ErrorOutOfMemory : CudaNames.Success;
        Assert.Throws<DeviceException>(() => y.CopyFrom([1, 2]));
        Assert.Equal(0, driver.PinnedBuffers);
        Assert.Equal(0, driver.Open<EmulatedEvent>());
        y.CopyFrom([1, 2]);
        Assert.Equal([1, 2], y.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_host_buffer_is_freed_when_its_copies_are_over(bool isOther)
    {
        using Device device = EmulatedCuda.Open(driver, 0);
        using Device other = EmulatedCuda.Open(driver, 0);
        View1<int> y = (isOther ? other : device).Allocate<int>(2);
        HostBuffer disposed = device.AllocateHost(8);
        disposed.Span<int>(0, 2)[1] = 7;
        y.Memory!.BeginWrite(0, disposed, 0, 8);
        disposed.Dispose();
        Assert.Equal(0, driver.PinnedBuffers);
        Begin(device, y);
        Collect();
        Assert.Equal(0, driver.PinnedBuffers);

        // The emulated driver reports copies that find their buffer freed.
        device.Synchronize();
        other.Synchronize();
        Assert.Equal([0, 7], y.ToArray());

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Begin(Device device, View1<int> y) => y.Memory!.BeginRead(0, device.AllocateHost(8), 0, 8);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(1 << 20, 1, 1 << 20)]
    [InlineData((1 << 20) + 1, 2, 1)]
    [InlineData(int.MaxValue - (1 << 20), 2047, (1 << 20) - 1)]
    [InlineData(int.MaxValue, 2048, (1 << 20) - 1)]
    public void Copies_of_any_length_are_cut_into_parts(int length, int parts, int last)
    {
        Assert.Equal(parts, CudaStaging.PartsOf(length));
        int end = 0;
        for (int i = 0; i < parts; i++)
        {
            (int at, int partLength) = CudaStaging.PartOf(length, i);
            Assert.Equal(end, at);
            Assert.Equal(i == parts - 1 ? last : 1 << 20, partLength);
            end += partLength;
        }

        Assert.Equal(length, end);
    }

    [Fact]
    public void A_device_that_does_not_answer_hides_no_other()
    {
        int asked = 0;
        driver.Failing = name => name == nameof(ICudaDriver.DeviceGetName) && asked++ == 0 ? CudaNames.ErrorNoDevice : CudaNames.Success;
        IReadOnlyList<CudaDeviceId> found = CudaPlatform.DevicesOf(driver);
        Assert.Equal(2, found.Count);
        Assert.Contains("cuDeviceGetName failed: CUDA_ERROR_NO_DEVICE", found[0].Info.Unavailable, StringComparison.Ordinal);
        Assert.Throws<DeviceException>(() => CudaDevice.Open(driver, found[0], new DeviceOptions()));
        Assert.True(found[1].Info.IsAvailable);
        using Device device = CudaDevice.Open(driver, found[1], new DeviceOptions());
        Assert.Equal("Second", device.Name);
    }

    [Fact]
    public void A_log_that_fills_its_buffer_is_kept()
    {
        using Device device = EmulatedCuda.Open(driver, 0);
        string source = PtxText.Entry("broken", "", $"add.s32 %r1, %r2, %q{new string('3', 20_000)};\nret;");
        DeviceException error = Assert.Throws<DeviceException>(() =>
        {
            var arguments = new KernelArguments();
            device.Launch(ProbeKernel.Cuda(source, "broken", &ProbeKernel.OneProgram), ref arguments);
        });
        Assert.Equal(16 << 10, error.Log!.Length);
        Assert.Contains("%q333", error.Log, StringComparison.Ordinal);
    }

    private static int Lost(string name) => name == nameof(ICudaDriver.CtxPushCurrent) ? CudaNames.ErrorDeinitialized : CudaNames.Success;

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Forget(int ordinal)
    {
        Assert.Equal(5, Everything(ordinal).Length);
        driver.Failing = Lost;
    }

    /// <summary>One of each kind that holds the context, all of them used.</summary>
    private IDisposable[] Everything(int ordinal)
    {
        Device device = EmulatedCuda.Open(driver, ordinal);
        View1<int> y = device.Allocate<int>(1);
        DeviceEvent reached = device.CreateEvent();
        LaunchGraph graph = device.CreateGraph();
        HostBuffer host = device.AllocateHost(4);
        graph.Run((device, y), static a => CudaDeviceTests.Store(a.device, Store, a.y, 4));
        y.Memory!.BeginRead(0, host, 0, 4);
        reached.Record();
        Assert.Equal([4], y.ToArray());
        return [reached, host, graph, y.Memory!, device];
    }
}
