using KernelFoundry.Testing;
namespace KernelFoundry.Tests;

public class CpuDeviceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_program_runs_exactly_once(int threads)
    {
        using Device device = Open(threads);
        foreach ((int g0, int g1, int g2) in new[] { (1, 1, 1), (2, 1, 1), (7, 1, 1), (1, 5, 1), (3, 4, 5), (1000, 1, 1), (1, 1, 97), (33, 31, 3) })
        {
            View1<int> counters = device.Allocate<int>(g0 * g1 * g2);
            ProbeKernel.Launch(device, ProbeKernel.Count, counters, g0, g1, g2);
            Assert.All(counters.ToArray(), count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(4, 0)]
    [InlineData(3, 100)]
    public void Many_launches_in_a_row_all_finish(int threads, int spinMicroseconds)
    {
        // Without spinning, workers park after each launch: every launch meets them going to sleep or waking up.
        using Device device = Device.Open(new DeviceOptions
        {
            Kind = DeviceKind.Cpu,
            Threads = threads,
            SpinTime = TimeSpan.FromMicroseconds(spinMicroseconds),
        });
        View1<int> counters = device.Allocate<int>(24);
        for (int i = 1; i <= 5000; i++)
        {
            ProbeKernel.Launch(device, ProbeKernel.Count, counters, 24);
            Assert.Equal(24 * i, counters.AsSpan().ToArray().Sum());
        }
    }

    [Fact]
    public void Workers_take_part()
    {
        using Device device = Open(2);
        for (int i = 0; i < 20; i++)
        {
            View1<int> arrived = device.Allocate<int>(1);
            ProbeKernel.Launch(device, ProbeKernel.Meet, arrived, 2);
            Assert.Equal(2, arrived.ToArray()[0]);
        }
    }

    // One thread hangs in a program: the others must take the rest of its share, wherever in the grid the program lies.
    [Theory]
    [InlineData(2, 2, 0)]
    [InlineData(2, 2, 1)]
    [InlineData(2, 15, 0)]
    [InlineData(2, 15, 7)]
    [InlineData(2, 15, 14)]
    [InlineData(3, 20, 0)]
    [InlineData(4, 31, 9)]
    [InlineData(4, 31, 30)]
    public void A_share_is_taken_from_a_thread_that_hangs(int threads, int programs, int hanging)
    {
        using Device device = Open(threads);
        for (int i = 0; i < 10; i++)
        {
            View1<int> counters = device.Allocate<int>(programs);
            ProbeKernel.Launch(device, ProbeKernel.OneIsLast, counters, programs, last: hanging);
            Assert.All(counters.ToArray(), count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(2, 7)]
    [InlineData(2, 1000)]
    [InlineData(5, 1000)]
    public void Uneven_programs_run_exactly_once(int threads, int programs)
    {
        using Device device = Open(threads);
        View1<int> counters = device.Allocate<int>(programs);
        for (int i = 1; i <= 100; i++)
        {
            ProbeKernel.Launch(device, ProbeKernel.Uneven, counters, programs);
            Assert.All(counters.ToArray(), count => Assert.Equal(i, count));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Launches_of_fewer_programs_than_threads_and_of_more_take_turns(int threads)
    {
        using Device device = Open(threads);
        View1<int> counters = device.Allocate<int>(40);
        var expected = new int[40];
        for (int i = 0; i < 4000; i++)
        {
            int programs = 1 + (i % 40);
            ProbeKernel.Launch(device, ProbeKernel.Count, counters, programs);
            for (int j = 0; j < programs; j++)
                expected[j]++;
        }

        Assert.Equal(expected, counters.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_launch_allocates_nothing(int threads)
    {
        using Device device = Open(threads);
        View1<int> counters = device.Allocate<int>(24);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
                ProbeKernel.Launch(device, ProbeKernel.Count, counters, 24);
        }));
    }

    [Fact]
    public void The_default_number_of_threads_is_that_of_the_processors_the_process_may_use()
    {
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu });
        Assert.Equal(Environment.ProcessorCount, device.Info.ComputeUnits);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_failing_program_is_the_launchs_error(int threads)
    {
        using Device device = Open(threads);
        View1<int> counters = device.Allocate<int>(100);
        for (int i = 0; i < 20; i++)
        {
            DeviceException error = Assert.Throws<DeviceException>(() => ProbeKernel.Launch(device, ProbeKernel.FailsInFive, counters, 100));
            Assert.Equal(ProbeKernel.FailsInFive.Kernel.Name, error.Kernel);
            Assert.Contains($"Kernel {error.Kernel} failed in program (5, 0, 0) of grid 100x1x1: five it is", error.Message, StringComparison.Ordinal);
            Assert.IsType<InvalidOperationException>(error.InnerException);
        }

        ProbeKernel.Launch(device, ProbeKernel.Count, counters, 100);
        Assert.All(counters.ToArray(), count => Assert.Equal(1, count));
    }

    [Fact]
    public void Scratch_is_aligned_and_each_threads_own()
    {
        using Device device = Open(4);
        foreach (int bytes in new[] { 1, 100, 5000, 100_000 })
        {
            View1<int> counters = device.Allocate<int>(200);
            ProbeKernel.Launch(device, ProbeKernel.Scratch, counters, 200, last: bytes);
            Assert.All(counters.ToArray(), count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public async Task Launches_from_several_threads_take_turns()
    {
        using Device device = Open(3);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            View1<int> counters = device.Allocate<int>(50);
            for (int i = 0; i < 300; i++)
                ProbeKernel.Launch(device, ProbeKernel.Count, counters, 50);
            Assert.All(counters.ToArray(), count => Assert.Equal(300, count));
        })));
    }

    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public void The_vector_width_asked_for_runs(int bits)
    {
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, VectorBits = bits });
        View1<int> width = device.Allocate<int>(1);
        ProbeKernel.Launch(device, ProbeKernel.Width, width, 1);
        Assert.Equal(bits, width.ToArray()[0]);
        Assert.Equal(bits, device.Info.VectorBits);
    }

    [Fact]
    public void Code_for_narrower_vectors_runs_where_there_is_none_for_the_devices()
    {
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, VectorBits = CpuCode.BestVectorBits });
        View1<int> width = device.Allocate<int>(1);
        ProbeKernel.Launch(device, ProbeKernel.NarrowWidth, width, 1);
        Assert.Equal(Math.Min(CpuCode.BestVectorBits, 256), width.ToArray()[0]);
    }

    [Fact]
    public void Code_for_wider_vectors_only_is_refused()
    {
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, VectorBits = 128 });
        View1<int> width = device.Allocate<int>(1);
        var refused = Assert.Throws<KernelNotCompiledException>(() => ProbeKernel.Launch(device, ProbeKernel.OneWidth, width, 1));
        Assert.Contains("KernelFoundryVectorBits", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_widest_vectors_are_the_default()
    {
        using Device device = Open(1);
        View1<int> width = device.Allocate<int>(1);
        ProbeKernel.Launch(device, ProbeKernel.Width, width, 1);
        Assert.Equal(CpuCode.BestVectorBits, width.ToArray()[0]);
    }

    [Fact]
    public void A_disposed_device_refuses_launches_and_memory()
    {
        Device device = Open(3);
        View1<int> counters = device.Allocate<int>(4);
        device.Dispose();
        device.Dispose();
        Assert.Throws<ObjectDisposedException>(() => ProbeKernel.Launch(device, ProbeKernel.Count, counters, 4));
        Assert.Throws<ObjectDisposedException>(() => device.Allocate<int>(1));
        Assert.Equal(new int[4], counters.ToArray());
    }

    [Fact]
    public void Disposed_memory_is_refused_at_the_launch()
    {
        using Device device = Open(1);
        View1<int> counters = device.Allocate<int>(4);
        counters.Memory!.Dispose();
        Assert.Throws<ObjectDisposedException>(() => ProbeKernel.Launch(device, ProbeKernel.Count, counters, 4));
    }

    [Fact]
    public void Host_devices_share_memory()
    {
        using Device device = Open(2);
        View1<int> counters = Device.Reference.Allocate<int>(4);
        ProbeKernel.Launch(device, ProbeKernel.Count, counters, 4);
        Assert.Equal([1, 1, 1, 1], counters.ToArray());
    }

    [Fact]
    public void Allocations_are_zeroed_and_aligned()
    {
        using Device device = Open(1);
        for (int i = 0; i < 10; i++)
        {
            View1<byte> bytes = device.Allocate<byte>(1000 + i);
            Assert.Equal(-1, bytes.AsSpan().IndexOfAnyExcept((byte)0));
            bytes.AsSpan().Fill(0xFF);
            unsafe
            {
                Assert.Equal(0, (nint)bytes.Memory!.Address % 64);
            }

            bytes.Memory.Dispose();
        }

        Assert.Equal(0, device.Allocate<float>(0).Memory!.ByteLength);
    }

    [Fact]
    public void Options_out_of_range_are_errors()
    {
        Assert.Throws<ArgumentException>(() => Open(0));
        Assert.Throws<ArgumentException>(() => Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, VectorBits = 64 }));
    }

    private static Device Open(int threads) => Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = threads });
}
