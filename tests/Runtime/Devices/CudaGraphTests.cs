using KernelFoundry.Testing;
using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Tests;

/// <summary>Launches recorded once and given to the driver as one piece.</summary>
public unsafe class CudaGraphTests
{
    private static readonly KernelVariantSet Push = ProbeKernel.Cuda(PtxText.Push, "push", &ProbeKernel.OneProgram);
    private static readonly KernelVariantSet Store = ProbeKernel.Cuda(PtxText.Store, "store", &ProbeKernel.OneProgram);

    private readonly EmulatedCudaDriver driver = new(new EmulatedGpu("Graphs", 80));

    internal static void PushTo(Device device, View1<int> y, int value) => CudaDeviceTests.Store(device, Push, y, value);

    [Fact]
    public void A_run_does_what_its_launches_say_whatever_has_changed()
    {
        using Device device = EmulatedCuda.Open(driver, 0);
        using LaunchGraph graph = device.CreateGraph();
        View1<int> y = device.Allocate<int>(1);
        var random = new Random(1);
        int expected = 0;
        for (int run = 0; run < 50; run++)
        {
            int[] values = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(10))];
            graph.Run((device, y, values), static a =>
            {
                foreach (int value in a.values)
                    CudaDeviceTests.Store(a.device, value == 9 ? Store : Push, a.y, value);
            });
            expected = values.Aggregate(expected, (before, value) => value == 9 ? 9 : unchecked((2 * before) + value));
            Assert.Equal([expected], y.ToArray());
        }
    }

    [Fact]
    public void What_has_not_changed_costs_no_call()
    {
        using Device device = EmulatedCuda.Open(driver, 0);
        using LaunchGraph graph = device.CreateGraph();
        View1<int> y = device.Allocate<int>(1);
        for (int position = 0; position < 10; position++)
        {
            graph.Run((device, y, position), static a =>
            {
                CudaDeviceTests.Store(a.device, Store, a.y, 1);
                CudaDeviceTests.Store(a.device, Push, a.y, a.position);
                CudaDeviceTests.Store(a.device, Push, a.y, 3);
            });
            Assert.Equal([(2 * (2 + position)) + 3], y.ToArray());
        }

        Assert.False(driver.Calls.ContainsKey(nameof(ICudaDriver.LaunchKernel)));
        Assert.Equal(3, driver.Calls[nameof(ICudaDriver.GraphAddKernelNode)]);
        Assert.Equal(1, driver.Calls[nameof(ICudaDriver.GraphInstantiate)]);
        Assert.Equal(9, driver.Calls[nameof(ICudaDriver.GraphExecKernelNodeSetParams)]);
        Assert.Equal(10, driver.Calls[nameof(ICudaDriver.GraphLaunch)]);
    }

    [Fact]
    public void Other_launches_are_another_graph()
    {
        using Device device = EmulatedCuda.Open(driver, 0);
        using LaunchGraph graph = device.CreateGraph();
        View1<int> y = device.Allocate<int>(1);
        foreach (int count in new[] { 2, 2, 3, 3, 1, 0, 1 })
        {
            graph.Run((device, y, count), static a =>
            {
                for (int i = 0; i < a.count; i++)
                    CudaDeviceTests.Store(a.device, Push, a.y, 1);
            });
        }

        Assert.Equal([(1 << 12) - 1], y.ToArray());
        Assert.Equal(4, driver.Calls[nameof(ICudaDriver.GraphInstantiate)]);
        Assert.Equal(1, driver.Open<EmulatedGraphInstance>());
    }

    [Fact]
    public void Grids_views_and_shared_memory_may_change()
    {
        using Device device = EmulatedCuda.Open(driver, 0);
        using LaunchGraph graph = device.CreateGraph();
        KernelVariantSet count = ProbeKernel.Cuda(
            PtxText.Entry("count", ".u64 y, .u32 y_e0, .u32 a", "ld.param.u64 %rd1, [y];\natom.global.add.u32 %r1, [%rd1], 1;\nret;"), "count", &Plan);
        for (int grid = 1; grid < 5; grid++)
        {
            View1<int> y = device.Allocate<int>(1);
            graph.Run((device, count, y, grid), static a => CudaDeviceTests.Store(a.device, a.count, a.y, a.grid));
            Assert.Equal([grid * 32], y.ToArray());
            y.Memory!.Dispose();
        }

        Assert.Equal(1, driver.Calls[nameof(ICudaDriver.GraphInstantiate)]);

        static void Plan(long* slots, LaunchShape* shape)
        {
            ProbeKernel.OneProgram(slots, shape);
            shape->Grid0 = (int)slots[2];
            shape->WorkGroup = 32;
            shape->LocalBytes = 256 * slots[2];
        }
    }

    [Fact]
    public void What_a_graph_cannot_hold_is_refused()
    {
        using Device device = EmulatedCuda.Open(driver, 0);
        using LaunchGraph graph = device.CreateGraph();
        using LaunchGraph other = device.CreateGraph();
        View1<int> y = device.Allocate<int>(1);
        using HostBuffer host = device.AllocateHost(4);
        using DeviceEvent reached = device.CreateEvent();
        foreach (Action refused in new Action[]
        {
            () => y.ToArray(), () => y.CopyFrom([1]), () => device.Allocate<int>(1), device.Synchronize, () => other.Run(0, static _ => { }),
            () => y.Memory!.BeginRead(0, host, 0, 4), () => y.Memory!.BeginWrite(0, host, 0, 4), () => device.AllocateHost(4).Dispose(), reached.Record, reached.Wait,
        })
        {
            Assert.Throws<InvalidOperationException>(() => graph.Run((device, y, refused), static a =>
            {
                CudaDeviceTests.Store(a.device, Push, a.y, 5);
                a.refused();
            }));
        }

        // None of the launches has run, and the graph is as good as new.
        Assert.Equal([0], y.ToArray());
        graph.Run((device, y), static a => CudaDeviceTests.Store(a.device, Push, a.y, 5));
        Assert.Equal([5], y.ToArray());
    }

    [Fact]
    public void Memory_freed_while_recording_lives_until_the_launches_have_run()
    {
        using Device device = EmulatedCuda.Open(driver, 0);
        using LaunchGraph graph = device.CreateGraph();
        View1<int> y = device.Allocate<int>(1);
        graph.Run((device, y), static a =>
        {
            CudaDeviceTests.Store(a.device, Push, a.y, 5);
            a.y.Memory!.Dispose();
        });
        device.Synchronize();
        Assert.Equal(0, driver.UsedBytes(0));
    }

    [Fact]
    public void Launches_of_other_threads_are_their_own()
    {
        using Device device = EmulatedCuda.Open(driver, 0);
        using LaunchGraph graph = device.CreateGraph();
        View1<int> y = device.Allocate<int>(1), z = device.Allocate<int>(1);
        graph.Run((device, y, z), static a =>
        {
            CudaDeviceTests.Store(a.device, Push, a.y, 5);
            var thread = new Thread(() =>
            {
                CudaDeviceTests.Store(a.device, Push, a.z, 7);
                Assert.Equal([7], a.z.ToArray());
            });
            thread.Start();
            thread.Join();
        });
        Assert.Equal([5], y.ToArray());
        Assert.Equal(1, driver.Calls[nameof(ICudaDriver.LaunchKernel)]);
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using Device device = EmulatedCuda.Open(driver, 0);
        using LaunchGraph graph = device.CreateGraph();
        View1<int> y = device.Allocate<int>(1);
        driver.TakesNoLaunches = true;
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
                Run(i);
        }));

        void Run(int position) => graph.Run((device, y, position), static a =>
        {
            CudaDeviceTests.Store(a.device, Push, a.y, 1);
            CudaDeviceTests.Store(a.device, Push, a.y, a.position);
        });
    }

    [Theory]
    [InlineData("Cpu")]
    [InlineData("Reference")]
    public void Where_there_are_no_graphs_launches_just_run(string kind)
    {
        using Device device = TestDevices.Open(kind);
        using LaunchGraph graph = device.CreateGraph();
        int runs = 0;
        for (int i = 0; i < 3; i++)
            graph.Run(0, _ => runs++);
        Assert.Equal(3, runs);
    }
}
