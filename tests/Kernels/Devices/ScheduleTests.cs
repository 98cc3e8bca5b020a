using System.Diagnostics;
using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

/// <summary>Kernels with something to tune: what is chosen decides how launches are divided, and no bit of a result.</summary>
public sealed class ScheduleTests
{
    [Theory]
    [MemberData(nameof(Kernels))]
    public void Every_choice_gives_the_same_bits(Type kernelClass, string kernel)
    {
        // All type arguments on one device; of the other vector widths and the interpreters some.
        foreach (IGrouping<string, KernelTest> target in KernelCases.Enumerate(kernelClass, kernel).Where(test => test.Target.IsTunable).GroupBy(test => test.Target.Name))
        {
            foreach (KernelTest test in target.Take(target.Key == "Cpu 256 x2" ? int.MaxValue : 4))
                KernelRunner.RunSchedules(test);
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Every_choice_gives_the_same_bits_where_launches_have_many_programs(Type kernelClass, string kernel)
    {
        foreach (int bits in new[] { 128, 256, 512 }.Where(bits => bits <= CpuCode.BestVectorBits))
        {
            using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 2, VectorBits = bits });
            Dictionary<string, int> axes = new() { ["tokens"] = 150, ["rows"] = 1100, ["cols"] = 544 };
            string[] types = ["Q5_1", (kernel == nameof(Linear.MatVecInt8) ? typeof(NoFusion) : typeof(NoEpilogue)).FullName!];
            KernelRunner.RunSchedules(KernelCases.Create(kernelClass, kernel, TestTarget.For(device), types, axes));
        }
    }

    [Fact]
    public void A_stored_choice_reaches_the_grid()
    {
        string file = Path.Combine(Path.GetTempPath(), $"kf-test-{Guid.NewGuid():N}.json");
        var options = new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 2, ScheduleFile = file };
        try
        {
            Assert.Equal((256 + 15) / 16, Programs(options));
            KernelVariantSet kernel = KernelRegistry.Find(KernelCases.Find(typeof(Linear), nameof(Linear.MatVec)), $"float,{typeof(NoEpilogue).FullName}");
            using (Device device = Device.Open(options))
                ScheduleFile.Update(file, device.Schedules!.Machine, _ => true, [device.Schedules.Entry(kernel, "block", 128)]);
            Assert.Equal(2, Programs(options));
            Assert.Equal((256 + 15) / 16, Programs(options with { ScheduleFile = ScheduleFile.Off }));
            Assert.Equal((256 + 15) / 16, Programs(options with { Threads = 3 }));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_tuned_launch_allocates_nothing()
    {
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 2 }), other = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu });
        View2<float> w = device.Allocate<float>(256, 32), x = device.Allocate<float>(1, 32), y = device.Allocate<float>(1, 256);
        for (int i = 0; i < 100; i++)
            Both();

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
                Both();
        }));

        void Both()
        {
            Linear.MatVec(device, w, x, y, new NoEpilogue());
            Linear.MatVec(other, w, x, y, new NoEpilogue());
        }
    }

    [Fact]
    public void The_launch_log_says_what_was_chosen()
    {
        using var log = new StringWriter();
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, ScheduleFile = ScheduleFile.Off, LaunchLog = log });
        Launch(device);
        Assert.Contains(" block=16", log.ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<Type, string> Kernels()
    {
        var data = new TheoryData<Type, string>();
        foreach (Type kernelClass in KernelClasses.All)
        {
            foreach (string kernel in KernelClasses.KernelsOf(kernelClass).Where(kernel => KernelCases.Find(kernelClass, kernel).Parameters.Any(p => p.IsTunable)))
                data.Add(kernelClass, kernel);
        }

        return data;
    }

    // The trace of a launch under an activity of this test: others launch meanwhile.
    private static long Programs(DeviceOptions options)
    {
        long programs = -1;
        using Activity own = new Activity("test").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "KernelFoundry",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = launch => programs = launch.ParentId == own.Id ? (long)launch.GetTagItem("kernelfoundry.programs")! : programs,
        };
        ActivitySource.AddActivityListener(listener);
        using Device device = Device.Open(options);
        Launch(device);
        return programs;
    }

    private static void Launch(Device device)
    {
        View2<float> w = device.Allocate<float>(256, 32), x = device.Allocate<float>(1, 32), y = device.Allocate<float>(1, 256);
        Linear.MatVec(device, w, x, y, new NoEpilogue());
    }
}
