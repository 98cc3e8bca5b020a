namespace KernelFoundry.Cli.Output;

/// <summary>
/// The tuned schedules of the cpu device: their file, absent if tuning is off, how many entries it holds, how many of them this machine uses, and
/// why others of this machine cannot be.
/// </summary>
internal sealed record SchedulesOutput(string? File, string Cpu, int Threads, int VectorBits, int Entries, int Used, IReadOnlyList<string> Faults);
