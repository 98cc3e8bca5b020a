using KernelFoundry.Inference.Generation;

namespace KernelFoundry.Cli.Output;

/// <summary>What the parts of a generation took.</summary>
internal sealed record GenerateTimings(
    double LoadMs, double PrefillMs, double DecodeMs, double PrefillTokensPerSecond, double DecodeTokensPerSecond)
{
    public static GenerateTimings Of(TimeSpan load, GenerationStatistics statistics) => new(
        load.TotalMilliseconds, statistics.PrefillTime.TotalMilliseconds, statistics.DecodeTime.TotalMilliseconds, statistics.PrefillTokensPerSecond,
        statistics.DecodeTokensPerSecond);
}
