using System.Collections.Concurrent;
using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace KernelFoundry.Benchmarks;

/// <summary>The columns of a kernel's benchmarks: axes, types and device of the case; GB/s, GFLOP/s and the share of the roof.</summary>
internal sealed class RoofColumns : IColumnProvider
{
    // In one process, what setup measures is still there when the table is written.
    private static readonly ConcurrentDictionary<string, Roofline> s_measured = new();

    public static void Record(KernelBenchmarkCase measured, Roofline roofline) => s_measured[Key(measured)] = roofline;

    public IEnumerable<IColumn> GetColumns(Summary summary)
    {
        KernelBenchmarkCase[] cases = [.. summary.BenchmarksCases.Select(CaseOf).OfType<KernelBenchmarkCase>()];
        if (cases.Length == 0)
            return [];
        IEnumerable<KernelColumn> axes = cases.SelectMany(each => each.Shape.Axes.Keys).Distinct().Select(
            axis => new KernelColumn(axis, $"Extent of the axis {axis}", ColumnCategory.Params, (_, each) => Extent(CaseOf(each), axis)));
        return
        [
            .. cases.Any(each => each.Shape.TypeArguments.Count > 0)
                ? [new KernelColumn("Types", "Type arguments", ColumnCategory.Params, (_, each) => CaseOf(each)?.Shape.Types ?? "")]
                : Array.Empty<KernelColumn>(),
            .. axes,
            new KernelColumn("Device", "Device and threads", ColumnCategory.Params, (_, each) => CaseOf(each)?.DeviceText ?? ""),
            new KernelColumn("GB/s", "Bytes of all views, each once, over the time", ColumnCategory.Custom,
                (s, each) => Rate(s, each, roofline => roofline.Bytes / 1e9, "F1")),
            .. cases.Any(each => s_measured.GetValueOrDefault(Key(each))?.Operations is not null)
                ? [new KernelColumn("GFLOP/s", "Operations over the time", ColumnCategory.Custom,
                    (s, each) => Rate(s, each, roofline => roofline.Operations / 1e9, "F1"))]
                : Array.Empty<KernelColumn>(),
            new KernelColumn("Roof", "Time of reading as many bytes over the time", ColumnCategory.Custom,
                (s, each) => Rate(s, each, roofline => roofline.Bytes / roofline.ReadBandwidth, "P1")),
        ];
    }

    private static KernelBenchmarkCase? CaseOf(BenchmarkCase each) => each.Parameters[nameof(KernelBenchmark.Case)] as KernelBenchmarkCase;

    private static string Extent(KernelBenchmarkCase? measured, string axis) =>
        measured is not null && measured.Shape.Axes.TryGetValue(axis, out int extent) ? extent.ToString(CultureInfo.InvariantCulture) : "-";

    // Something a launch has, over the seconds it takes.
    private static string Rate(Summary summary, BenchmarkCase each, Func<Roofline, double?> amount, string format)
    {
        if (CaseOf(each) is not { } measured || summary[each]?.ResultStatistics is not { } statistics
            || !s_measured.TryGetValue(Key(measured), out Roofline? roofline))
        {
            return "-";
        }

        return amount(roofline) is { } known ? (known / (statistics.Median / 1e9)).ToString(format, CultureInfo.InvariantCulture) : "-";
    }

    // Not by the benchmark's type: what runs is a type derived from it at run time.
    private static string Key(KernelBenchmarkCase measured) => $"{measured.Shape.Kernel.Name}: {measured}";
}
