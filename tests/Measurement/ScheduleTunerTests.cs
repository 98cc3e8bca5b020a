using KernelFoundry.Kernels;
using KernelFoundry.Testing;

namespace KernelFoundry.Measurement.Tests;

public sealed class ScheduleTunerTests
{
    private static readonly KernelVariantSet s_vector = Find(nameof(Linear.MatVec)), s_matrix = Find(nameof(Linear.MatMul));

    [Fact]
    public void TheFastestChoiceWinsForEveryParameterAtOnce()
    {
        using Device device = Open();
        KernelSchedules schedules = device.Schedules!;

        // A machine that grows slower all the time, faster than choices differ: only turns can tell.
        double drift = 1;
        var work = new StatedWork(() => new()
        {
            [s_vector] = (drift *= 1.01) * (schedules.Get(s_vector, "block") == 64 ? 0.9 : 1),
            [s_matrix] = drift * (100 + Math.Abs(schedules.Get(s_matrix, "blockTokens") - 64) + Math.Abs(schedules.Get(s_matrix, "blockRows") - 256)),
        });
        IReadOnlyList<TunedParameter> tuned = new ScheduleTuner(device, work).Run(turns: 8);
        Assert.Equal(["MatMul blockTokens 256 64", "MatMul blockRows 64 256", "MatVec block 16 64"],
            tuned.Select(each => $"{each.Kernel.Kernel.Name.Split('.')[^1]} {each.Parameter} {each.Default} {each.Best}"));
        Assert.InRange(tuned[2].Gain, 0.05, 0.15);
        Assert.Equal((64, 64, 256), (schedules.Get(s_vector, "block"), schedules.Get(s_matrix, "blockTokens"), schedules.Get(s_matrix, "blockRows")));
    }

    [Fact]
    public void WhatDoesNotGainMoreThanItSpreadsStaysTheDefault()
    {
        using Device device = Open();
        var random = new Random(1);
        var work = new StatedWork(() => new() { [s_vector] = 1 + random.NextDouble() });
        device.Schedules!.Set(s_vector, "block", 64);
        TunedParameter tuned = Assert.Single(new ScheduleTuner(device, work).Run(turns: 9));
        Assert.Equal((16, 16), (tuned.Default, tuned.Best));
        Assert.True(tuned.Gain < tuned.Spread);
        Assert.Equal(16, device.Schedules.Get(s_vector, "block"));
        Assert.Equal([16, 32, 64, 128, 256], tuned.Seconds.Keys);
    }

    [Fact]
    public void LaunchesAreCountedByKernelAndTypes()
    {
        using Device device = Open();
        View2<float> w = device.Allocate<float>(256, 256), x = device.Allocate<float>(1, 256), y = device.Allocate<float>(1, 256);
        View2<Half> half = device.Allocate<Half>(256, 256);
        using var work = new TracedWork(() =>
        {
            Linear.MatVec(device, w, x, y, new NoEpilogue());
            Linear.MatVec(device, half, x, y, new NoEpilogue());
            Linear.MatVec(device, half, x, y, new NoEpilogue());
            Normalization.RmsNorm(device, y, y.Row(0), y, 1e-5f);
        });
        work.Measure();
        IReadOnlyDictionary<KernelVariantSet, double> seconds = work.Measure();
        Assert.Equal([s_vector, Find(nameof(Linear.MatVec), "Half")], seconds.Keys);
        Assert.All(seconds.Values, each => Assert.InRange(each, 1e-9, 10));
    }

    [Fact]
    public void ADeviceWithoutSchedulesCannotBeTuned() =>
        Assert.Throws<ArgumentException>(() => new ScheduleTuner(Device.Reference, new StatedWork(() => [])).Run(1));

    private static Device Open() => Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 2, ScheduleFile = ScheduleFile.Off });

    private static KernelVariantSet Find(string kernel, string element = "float") =>
        KernelRegistry.Find(KernelCases.Find(typeof(Linear), kernel), $"{element},{typeof(NoEpilogue).FullName}");

    private sealed class StatedWork(Func<Dictionary<KernelVariantSet, double>> seconds) : ITuningWork
    {
        public IReadOnlyDictionary<KernelVariantSet, double> Measure() => seconds();
    }
}
