using System.Diagnostics;

namespace KernelFoundry;

/// <summary>An event on a device that is waited for when it is recorded: where launches return when they are done, that costs nothing.</summary>
internal sealed class HostEvent(Device device) : DeviceEvent
{
    private long recorded = Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public override bool IsReached => true;

    /// <inheritdoc/>
    public override void Record()
    {
        device.Synchronize();
        recorded = Stopwatch.GetTimestamp();
    }

    /// <inheritdoc/>
    public override void Wait()
    {
    }

    /// <inheritdoc/>
    public override TimeSpan ElapsedSince(DeviceEvent earlier) => earlier is HostEvent start
        ? Stopwatch.GetElapsedTime(start.recorded, recorded)
        : throw new ArgumentException("The earlier event is of another device.", nameof(earlier));

    private protected override void Release()
    {
    }
}
