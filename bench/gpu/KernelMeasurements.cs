using KernelFoundry.Measurement;

namespace KernelFoundry.Gpu;

/// <summary>Times kernels by the device's own clock, beside copying memory.</summary>
internal static class KernelMeasurements
{
    private const int Repetitions = 7;
    private static readonly TimeSpan LeastTime = TimeSpan.FromMilliseconds(30);

    public static BenchOutput Run(Device device, GpuOptions options)
    {
        (double copy, long bytes) = CopyBandwidth(device, options.IsQuick ? 1L << 20 : 1L << 30);
        Console.WriteLine($"copy: {copy / 1e9:F0} GB/s of {bytes >> 20} MiB");
        var measurements = new List<MeasurementOutput>();
        foreach (GpuShape shape in GpuShapes.All(options.IsQuick).Where(shape => options.Kernel is null || shape.Kernel == options.Kernel))
        {
            measurements.Add(Measure(device, shape, copy, options.IsQuick));
            MeasurementOutput last = measurements[^1];
            Console.WriteLine(last.Error is { } error
                ? $"{shape.Id}: {error.ReplaceLineEndings(" ")}"
                : $"{shape.Id}: {last.Seconds * 1e6:F1} us, {last.Share:P0} of copying{(last.Operations > 0 ? $", {last.Operations / last.Seconds / 1e12:F1} TFLOP/s" : "")}");
        }

        return new BenchOutput(copy, bytes, MatrixRoof.Of(device.Info), measurements);
    }

    // Bytes read and bytes written, of memory far larger than any cache.
    private static (double BytesPerSecond, long Bytes) CopyBandwidth(Device device, long bytes)
    {
        bytes = Math.Min(bytes, device.Info.MemoryBytes / 8);
        using DeviceMemory from = device.AllocateBytes(bytes), to = device.AllocateBytes(bytes);
        using DeviceEvent start = device.CreateEvent(), end = device.CreateEvent();
        double best = 0;
        for (int round = 0; round < 12; round++)
        {
            start.Record();
            to.BeginCopy(0, from, 0, bytes);
            end.Record();
            best = Math.Max(best, 2 * bytes / end.ElapsedSince(start).TotalSeconds);
        }

        return (best, bytes);
    }

    internal static MeasurementOutput Measure(Device device, GpuShape shape, double copy, bool isQuick)
    {
        var workloads = new List<KernelWorkload>();
        try
        {
            WorkloadShape workload = shape.Workload();
            workloads.Add(new KernelWorkload(workload, device));

            // In turn over more memory than a cache holds: a decode step reads each weight once, from memory.
            long bytes = workloads[0].Bytes;
            long copies = isQuick ? 2 : Math.Clamp((512L << 20) / Math.Max(1, bytes), 2, 64);
            while (workloads.Count < copies)
                workloads.Add(new KernelWorkload(workload, device));
            using LaunchGraph graph = device.CreateGraph();
            double[] together = Times(device, workloads.Count, isQuick, () => graph.Run(workloads, static all => all.ForEach(each => each.Launch())));
            double[] alone = Times(device, workloads.Count, isQuick, () => workloads.ForEach(each => each.Launch()));
            (double median, double spread) = Summary.Of(together);
            return new MeasurementOutput(
                shape.Id, median, spread, Summary.Of(alone).Median, workloads.Count, bytes, shape.Operations?.Invoke(workload.Axes) ?? 0, bytes / median / copy, null);
        }
#pragma warning disable CA1031 // Whatever is wrong with a shape is its failure, and the next one is measured.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return new MeasurementOutput(shape.Id, 0, 0, 0, 0, 0, 0, 0, failure.Message);
        }
        finally
        {
            workloads.ForEach(each => each.Dispose());
        }
    }

    /// <summary>Seconds a launch, of several repetitions of as many rounds as take long enough.</summary>
    private static double[] Times(Device device, int launches, bool isQuick, Action round)
    {
        using DeviceEvent start = device.CreateEvent(), end = device.CreateEvent();
        round();
        int rounds = 1;
        while (!isQuick && Elapsed(rounds) < LeastTime.TotalSeconds && rounds < 4096)
            rounds *= 2;
        return [.. Enumerable.Range(0, isQuick ? 1 : Repetitions).Select(_ => Elapsed(rounds) / rounds / launches)];

        double Elapsed(int count)
        {
            start.Record();
            for (int i = 0; i < count; i++)
                round();
            end.Record();
            return end.ElapsedSince(start).TotalSeconds;
        }
    }
}
