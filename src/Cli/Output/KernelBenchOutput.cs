namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf bench --kernel --json</c> prints. The bytes are those of all views, each once.</summary>
internal sealed record KernelBenchOutput(
    string Kernel,
    IReadOnlyList<string> TypeArguments,
    IReadOnlyDictionary<string, int> Axes,
    long Bytes,
    IReadOnlyList<KernelTestOutput> Tests);

/// <summary>The kernel on one device.</summary>
internal sealed record KernelTestOutput(
    string Device,
    int Threads,
    double Seconds,
    double Spread,
    IReadOnlyList<double> Samples,
    double BytesPerSecond,
    double ReadBytesPerSecond,
    double RoofShare);
