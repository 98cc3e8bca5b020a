namespace KernelFoundry.Cli.Output;

/// <summary>What the parts of a generation took.</summary>
internal sealed record GenerateTimings(
    double LoadMs, double PrefillMs, double DecodeMs, double PrefillTokensPerSecond, double DecodeTokensPerSecond);
