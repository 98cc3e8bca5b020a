using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace KernelFoundry.Benchmarks;

/// <summary>A column whose cells are computed from a benchmark.</summary>
/// <param name="name">Its heading.</param>
/// <param name="legend">What it means.</param>
/// <param name="category">Where it stands.</param>
/// <param name="value">A cell.</param>
internal sealed class KernelColumn(
    string name, string legend, ColumnCategory category, Func<Summary, BenchmarkCase, string> value) : IColumn
{
    public string Id => $"{nameof(KernelColumn)}.{name}";

    public string ColumnName => name;

    public bool AlwaysShow => true;

    public ColumnCategory Category => category;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => legend;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => value(summary, benchmarkCase);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => value(summary, benchmarkCase);

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
}
