using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using KernelFoundry.Testing;
using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Tests;

/// <summary>
/// Tracing, and what a launch costs without it. By itself: listeners are process-wide and would be heard by the allocation test, and by graphs, whose launches run one by one
/// while they are traced.
/// </summary>
[CollectionDefinition(nameof(TracingTests), DisableParallelization = true)]
[Collection(nameof(TracingTests))]
public class TracingTests
{
    [Fact]
    public void A_launch_allocates_nothing()
    {
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 3 });
        View2<float> x = device.Allocate<float>(64, 16);
        View1<float> y = device.Allocate<float>(64);
        for (int i = 0; i < 100; i++)
            HandCompiledKernel.RowSum(device, x, y, new HandBias(), 3);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
                HandCompiledKernel.RowSum(device, x, y, new HandBias(), 3);
        }));
    }

    [Fact]
    public void Launches_are_activities()
    {
        var stopped = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "KernelFoundry",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        foreach (string kind in new[] { "Cpu", "Reference" })
        {
            // Other tests launch meanwhile: this test's launches are those under its own activity.
            using Activity own = new Activity("test").Start();
            using Device device = TestDevices.Open(kind);
            HandCompiledKernel.RowSum(device, device.Allocate<float>(2, 2), device.Allocate<float>(2), new HandBias(), 3);
            Activity activity = Assert.Single(stopped, a => a.ParentId == own.Id);
            Assert.Equal(device.Name, activity.GetTagItem("kernelfoundry.device"));
            Assert.Equal("KernelFoundry.Tests.HandCompiledKernel.RowSum", activity.OperationName);
            if (kind == "Cpu")
                Assert.Equal("KernelFoundry.Tests.HandCompiledKernel.RowSum<float,KernelFoundry.Tests.HandBias; any>", activity.DisplayName);
        }
    }

    [Fact]
    public void Tracing_that_begins_inside_a_run_begins_with_the_next()
    {
        var stopped = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "KernelFoundry",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = stopped.Enqueue,
        };
        using Activity own = new Activity("test").Start();
        using Device device = EmulatedCuda.Open(80);
        using LaunchGraph graph = device.CreateGraph();
        View1<int> y = device.Allocate<int>(1);
        graph.Run((device, y, listener), static a =>
        {
            CudaGraphTests.PushTo(a.device, a.y, 1);
            ActivitySource.AddActivityListener(a.listener);
            CudaGraphTests.PushTo(a.device, a.y, 2);
        });
        Assert.Equal([(2 * 1) + 2], y.ToArray());
        Assert.DoesNotContain(stopped, activity => activity.ParentId == own.Id);
        graph.Run((device, y), static a => CudaGraphTests.PushTo(a.device, a.y, 3));
        Assert.Equal([(2 * 4) + 3], y.ToArray());
        Assert.Single(stopped, activity => activity.ParentId == own.Id);
    }

    [Fact]
    public void Launches_are_measured()
    {
        var kernels = new ConcurrentQueue<string?>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "KernelFoundry")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) =>
        {
            Assert.True(seconds >= 0);
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag.Key == "kernel")
                    kernels.Enqueue((string?)tag.Value);
            }
        });
        listener.Start();

        using Device device = TestDevices.Open("Cpu");
        View1<int> counters = device.Allocate<int>(1);
        KernelVariantSet kernel = ProbeKernel.Width;
        ProbeKernel.Launch(device, kernel, counters, 1);
        ProbeKernel.Launch(device, kernel, counters, 1);
        Assert.True(kernels.Count(name => name == kernel.Kernel.Name) >= 2);
    }

    [Theory]
    [InlineData("Cpu", "KernelFoundry.Tests.HandCompiledKernel.RowSum<float,KernelFoundry.Tests.HandBias; any> on ")]
    [InlineData("OpenCl", "KernelFoundry.Tests.HandCompiledKernel.RowSum<float,KernelFoundry.Tests.HandBias; any> on ")]
    [InlineData("Reference", "KernelFoundry.Tests.HandCompiledKernel.RowSum on Reference")]
    public void The_log_says_what_runs_before_it_runs(string kind, string start)
    {
        var log = new StringWriter();
        using Device device = TestDevices.Open(kind, log);
        HandCompiledKernel.RowSum(device, device.Allocate<float>(2, 5), device.Allocate<float>(2), new HandBias { Bias = 1.5f }, 3);
        Assert.StartsWith(start, log.ToString(), StringComparison.Ordinal);
        if (kind != "Reference")
            Assert.EndsWith($": [2, 5] [2] 1.5 3{Environment.NewLine}", log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_log_names_arguments_where_no_functor_hides_them()
    {
        var kernel = new KernelDefinition
        {
            Name = "N",
            ClassName = "C",
            Parameters =
            [
                new() { Name = "x", Kind = KernelParameterKind.View, Rank = 3 },
                new() { Name = "block", Kind = KernelParameterKind.Schedule },
                new() { Name = "scale", Kind = KernelParameterKind.Scalar },
                new() { Name = "causal", Kind = KernelParameterKind.Scalar },
                new() { Name = "seed", Kind = KernelParameterKind.Scalar },
            ],
        };
        var arguments = new KernelArguments();
        arguments.Add(Device.Reference.Allocate<float>(2, 3, 4));
        arguments.Add(0.25f);
        arguments.Add(true);
        arguments.Add(7u);
        Assert.Equal("x=[2, 3, 4] scale=0.25 causal=true seed=7", LaunchText.Describe(kernel, arguments));
    }
}
