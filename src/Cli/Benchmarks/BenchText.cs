using System.Globalization;
using KernelFoundry.Cli.Output;
using KernelFoundry.Measurement;

namespace KernelFoundry.Cli.Benchmarks;

/// <summary>Benchmarks as people read them.</summary>
internal static class BenchText
{
    public static void Print(BenchOutput output)
    {
        var table = new TextTable("model", " size", " params", "device", " threads", "test", " t/s", " t/s each", " roof");
        foreach (BenchTestOutput test in output.Tests)
        {
            table.Add(
                output.Model, $"{Number(output.SizeBytes / 1048576.0)} MiB", $"{Number(output.Parameters / 1e6)} M", test.Device,
                $"{test.Threads}", test.Test, $"{Number(test.TokensPerSecond)} ± {Number(test.Spread)}",
                test.Sequences > 1 ? Number(test.TokensPerSecondEach) : "", Share(test.RoofShare));
        }

        table.Print();
        Console.Out.WriteLine();
        foreach (BenchRoofOutput roof in output.Roofs)
        {
            string peak = roof.FmaOperationsPerSecond is { } fma ? $", multiply-add peak {Number(fma / 1e9)} GFLOP/s" : "";
            Console.Out.WriteLine(
                $"{Where(roof.Device, roof.Threads)}: reads {Number(roof.ReadBytesPerSecond / 1e9)} GB/s "
                + $"(best, {Number(roof.BufferBytes / 1e6)} MB){peak}");
        }

        Console.Out.WriteLine(
            $"a decoded token reads {Number(output.WeightBytesPerToken / 1e6)} MB of weights, and of every position "
            + $"{Number(output.CacheBytesPerPosition / 1e3)} kB of keys and values ({output.CacheType})");
        foreach (BenchTestOutput test in output.Tests.Where(test => test.Test.StartsWith("tg", StringComparison.Ordinal)))
        {
            Console.Out.WriteLine(
                $"{Where(test.Device, test.Threads)}: {test.Test} {Number(test.AllocatedBytesPerToken)} managed bytes allocated a decoded token");
        }

        Console.Out.WriteLine($"peak resident memory {Number(output.PeakResidentBytes / 1048576.0)} MiB, all devices together");
    }

    public static void Print(KernelBenchOutput output, WorkloadShape shape)
    {
        string name = output.Kernel[(output.Kernel.LastIndexOf('.') + 1)..];
        string types = shape.Types.Length > 0 ? $"<{shape.Types}>" : "";
        Console.Out.WriteLine($"{name}{types} {shape.Extents}: {Number(output.Bytes / 1e6)} MB in all views");
        Console.Out.WriteLine();
        var table = new TextTable("device", " threads", " time", " GB/s", " reading GB/s", " roof");
        foreach (KernelTestOutput test in output.Tests)
        {
            table.Add(
                test.Device, $"{test.Threads}", $"{Number(test.Seconds * 1e6)} ± {Number(test.Spread * 1e6)} us",
                Number(test.BytesPerSecond / 1e9), Number(test.ReadBytesPerSecond / 1e9), Share(test.RoofShare));
        }

        table.Print();
    }

    private static string Share(double? share) =>
        share is { } known ? string.Create(CultureInfo.InvariantCulture, $"{100 * known:F1} %") : "-";

    /// <summary>Three digits, or all before the point.</summary>
    private static string Number(double value) => value.ToString(
        Math.Abs(value) switch { >= 100 => "F0", >= 10 => "F1", _ => "F2" }, CultureInfo.InvariantCulture);

    private static string Where(string device, int threads) => $"{device}, {threads} thread{(threads == 1 ? "" : "s")}";
}
