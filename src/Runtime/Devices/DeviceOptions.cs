namespace KernelFoundry;

/// <summary>Which device to open, and how it behaves.</summary>
public sealed record DeviceOptions
{
    /// <summary>The kind wanted; null for the best present.</summary>
    public DeviceKind? Kind { get; init; }

    /// <summary>Part of the name wanted, in any case; null for any.</summary>
    public string? Name { get; init; }

    /// <summary>Which of the devices that fit kind and name, from 0, in the order of <see cref="Device.Enumerate"/>: for several GPUs of one name.</summary>
    public int Index { get; init; }

    /// <summary>Cpu: threads that run programs, the caller's included; null for all processors this process may use.</summary>
    public int? Threads { get; init; }

    /// <summary>Cpu: vector width in bits, 128, 256 or 512; null for the widest the processor computes with.</summary>
    public int? VectorBits { get; init; }

    /// <summary>Cpu: how long an idle worker spins for the next launch before it sleeps.</summary>
    public TimeSpan SpinTime { get; init; } = TimeSpan.FromMicroseconds(100);

    /// <summary>
    /// Cpu: the file of tuned schedules, or "off"; null for what the environment variable KERNELFOUNDRY_SCHEDULES says, and without it
    /// schedules.json in the user's cache folder. Results do not depend on it.
    /// </summary>
    public string? ScheduleFile { get; init; }

    /// <summary>Is told what the device could not use and does without, in one sentence; null for a warning to <see cref="System.Diagnostics.Trace"/>.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>
    /// OpenCl: the most work-items a group may have; null for as many as the device says, kernel by kernel. Kernels whose schedules ask for more run in smaller groups, whose sums
    /// add up in another order.
    /// </summary>
    public int? MaxWorkGroup { get; init; }

    /// <summary>What the device is taken to have: for tests of what no device at hand has.</summary>
    internal DeviceFeatures Claimed { get; init; }

    /// <summary>What the device has and is not to use, as where a driver gets it wrong.</summary>
    public DeviceFeatures Without { get; init; }

    /// <summary>Where every launch is written before it runs, with the shapes of its arguments; null for nowhere.</summary>
    public TextWriter? LaunchLog { get; init; }
}
