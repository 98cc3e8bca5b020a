namespace KernelFoundry.Tests;

/// <summary>One kernel, launched on every kind of device.</summary>
public class LaunchTests
{
    public static TheoryData<string> Devices => new("Reference", "Cpu", "OpenCl");

    [Theory]
    [MemberData(nameof(Devices))]
    public void Launches_give_the_sums(string kind)
    {
        using Device device = TestDevices.Open(kind);
        foreach (int gain in new[] { 64, 3 })
        {
            View2<float> x = device.Allocate<float>(9, 33);
            View1<float> y = device.Allocate<float>(9);
            float[] values = [.. Enumerable.Range(0, 9 * 33).Select(i => (float)(i % 17) - 8)];
            x.CopyFrom(values);

            HandCompiledKernel.RowSum(device, x, y, new HandBias { Bias = 0.5f }, gain);

            float[] expected = [.. Enumerable.Range(0, 9).Select(r => (values.Skip(r * 33).Take(33).Sum() * gain) + 0.5f)];
            Assert.Equal(expected, y.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Strides_and_offsets_reach_the_kernel(string kind)
    {
        using Device device = TestDevices.Open(kind);
        float[] values = [.. Enumerable.Range(0, 10 * 8).Select(i => (float)i)];
        View2<float> x = device.Upload<float>(values, 10, 8).Slice(0, 3, 5).Slice(1, 2, 4);
        View1<float> y = device.Allocate<float>(7).Slice(1, 5);

        HandCompiledKernel.RowSum(device, x, y, new HandBias(), 2);

        float[] expected = [.. Enumerable.Range(3, 5).Select(r => 2f * Enumerable.Range(2, 4).Sum(c => values[(r * 8) + c]))];
        Assert.Equal(expected, y.ToArray());
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void An_empty_grid_runs_nothing(string kind)
    {
        using Device device = TestDevices.Open(kind);
        View1<float> y = device.Upload<float>([7f]);
        HandCompiledKernel.RowSum(device, device.Allocate<float>(0, 5), y, new HandBias(), 1);
        HandCompiledKernel.RowSum(device, default(View2<float>), y, new HandBias(), 1);
        Assert.Equal([7f], y.ToArray());
    }

    [Fact]
    public void A_listed_value_runs_its_own_variant()
    {
        using Device device = TestDevices.Open("Cpu");
        View2<float> x = device.Allocate<float>(1, 1);
        View1<float> y = device.Allocate<float>(1);
        HandCompiledKernel.SpecializedRuns = 0;
        HandCompiledKernel.RowSum(device, x, y, new HandBias(), 63);
        Assert.Equal(0, HandCompiledKernel.SpecializedRuns);
        HandCompiledKernel.RowSum(device, x, y, new HandBias(), 64);
        Assert.Equal(1, HandCompiledKernel.SpecializedRuns);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public async Task Launches_from_several_threads_keep_their_arguments_apart(string kind)
    {
        using Device device = TestDevices.Open(kind);
        await Task.WhenAll(Enumerable.Range(1, 4).Select(n => Task.Run(() =>
        {
            View2<float> x = device.Upload<float>([.. Enumerable.Repeat((float)n, 33)], 1, 33);
            View1<float> y = device.Allocate<float>(1);
            for (int i = 0; i < 50; i++)
            {
                HandCompiledKernel.RowSum(device, x, y, new HandBias { Bias = i }, n);
                Assert.Equal((33 * n * n) + i, y.ToArray()[0]);
            }
        })));
    }
}
