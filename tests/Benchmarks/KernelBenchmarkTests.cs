using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace KernelFoundry.Benchmarks.Tests;

public sealed class KernelBenchmarkTests
{
    [Fact]
    public void CasesAreEveryCombination()
    {
        string[] cases = [.. new NormBenchmark().Cases.Select(each => each.ToString())];
        Assert.Equal(8, cases.Length);
        Assert.Equal(8, cases.Distinct().Count());
        Assert.Contains("float rows=2 cols=64 Cpu x1", cases);
        Assert.Contains("Half rows=3 cols=64 Cpu x2", cases);
    }

    [Fact]
    public void EveryCaseRuns()
    {
        foreach (KernelBenchmarkCase each in new NormBenchmark().Cases)
        {
            using var benchmark = new NormBenchmark { Case = each };
            benchmark.Setup();
            benchmark.Kernel();
            Assert.Equal(1, benchmark.Prepared);
        }
    }

    [Fact]
    public void WhatIsMissingIsSaid()
    {
        Assert.Contains("[KernelBenchmark]", Assert.Throws<InvalidOperationException>(() => new NamelessBenchmark().Cases).Message,
            StringComparison.Ordinal);
        Assert.Contains("Hardmax", Assert.Throws<InvalidOperationException>(() => new UnknownKernelBenchmark().Cases).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void TheTableHasAxesAndRoof()
    {
        IConfig config = ManualConfig.CreateEmpty()
            .AddLogger(NullLogger.Instance)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "BenchmarkDotNet.Artifacts"))
            .WithOptions(ConfigOptions.DisableOptimizationsValidator);
        Summary summary = BenchmarkRunner.Run<SoftmaxBenchmark>(config);
        SummaryTable table = summary.Table;
        string[] row = Assert.Single(table.FullContent);
        Assert.Equal("2", Cell("rows"));
        Assert.Equal("64", Cell("cols"));
        Assert.Equal("Cpu x1", Cell("Device"));
        Assert.True(double.Parse(Cell("GB/s"), CultureInfo.InvariantCulture) > 0);
        Assert.EndsWith("%", Cell("Roof"), StringComparison.Ordinal);
        Assert.DoesNotContain("GFLOP/s", table.FullHeader);

        string Cell(string column) => row[Array.IndexOf(table.FullHeader, column)];
    }
}
