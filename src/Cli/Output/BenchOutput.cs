namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf bench --model --json</c> prints.</summary>
internal sealed record BenchOutput(
    string Model,
    long SizeBytes,
    long Parameters,
    long WeightBytesPerToken,
    string CacheType,
    long CacheBytesPerPosition,
    long PeakResidentBytes,
    IReadOnlyList<BenchTestOutput> Tests,
    IReadOnlyList<BenchRoofOutput> Roofs);

/// <summary>
/// One test on one device: tokens a second of all its sequences together, and of one. The share of the roof is absent where the roof is not known.
/// </summary>
internal sealed record BenchTestOutput(
    string Device,
    int Threads,
    string Test,
    int Tokens,
    int Depth,
    int Sequences,
    double TokensPerSecond,
    double TokensPerSecondEach,
    double Spread,
    IReadOnlyList<double> Samples,
    double? RoofShare,
    double AllocatedBytesPerToken);

/// <summary>What a device can do at most, as measured between the tests.</summary>
internal sealed record BenchRoofOutput(
    string Device, int Threads, long BufferBytes, double ReadBytesPerSecond, double? FmaOperationsPerSecond);
