namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf tune --json</c> prints. The file is absent where nothing was written.</summary>
internal sealed record TuneOutput(string? File, IReadOnlyList<TuneMachineOutput> Machines);

/// <summary>What was found for one number of threads.</summary>
internal sealed record TuneMachineOutput(string Cpu, int Threads, int VectorBits, IReadOnlyList<TuneParameterOutput> Parameters);

/// <summary>One schedule parameter. Gain and spread are shares of the default's time.</summary>
internal sealed record TuneParameterOutput(
    string Kernel, string Types, string Parameter, int Default, int Best, double Gain, double Spread, IReadOnlyDictionary<string, double> Seconds);
