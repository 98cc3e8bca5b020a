namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf devices --json</c> prints, best device first.</summary>
internal sealed record DevicesOutput(IReadOnlyList<DeviceOutput> Devices, SchedulesOutput Schedules);
