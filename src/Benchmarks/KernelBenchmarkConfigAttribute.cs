using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace KernelFoundry.Benchmarks;

/// <summary>
/// How kernels are measured: in one process, so that kernel, alternative and roof see the same machine in the same minute.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KernelBenchmarkConfigAttribute : Attribute, IConfigSource
{
    /// <summary>The job, and the columns of axes and roof.</summary>
    public IConfig Config { get; } = ManualConfig.CreateEmpty()
        .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance).WithIterationCount(9))
        .AddColumnProvider(new RoofColumns())
        .WithOrderer(new DefaultOrderer(SummaryOrderPolicy.Declared))
        .HideColumns(nameof(KernelBenchmark.Case), "Job", "Toolchain", "IterationCount", "LaunchCount", "WarmupCount");
}
