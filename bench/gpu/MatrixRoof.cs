namespace KernelFoundry.Gpu;

/// <summary>
/// What a GPU's instructions for matrices of halves, with sums in floats, can do at its highest clock: operations a clock and multiprocessor by its maker's architecture papers. Not measured;
/// a GPU may run at a lower clock while it multiplies.
/// </summary>
internal static class MatrixRoof
{
    // Generations whose GPUs all do as many.
    private static readonly Dictionary<Version, int> PerClock = new() { [new(7, 0)] = 1024, [new(7, 5)] = 1024, [new(8, 0)] = 2048, [new(9, 0)] = 4096 };

    /// <summary>Operations a second, multiplications and additions; 0 where a generation's differ or are not known.</summary>
    public static double Of(DeviceInfo device) => device.ComputeCapability is { } capability && PerClock.TryGetValue(new(capability.Major, capability.Minor), out int operations)
        ? (double)operations * device.ComputeUnits * device.ClockHertz
        : 0;
}
