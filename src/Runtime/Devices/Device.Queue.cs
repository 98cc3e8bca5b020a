namespace KernelFoundry;

/// <content>
/// The order of what a device is given to do. A device is one queue: what it is given runs in that order. Two CUDA devices opened on one GPU are two
/// queues over the same memory, which run side by side and are ordered by events.
/// </content>
public abstract partial class Device
{
    /// <summary>Creates an event; the caller disposes of it.</summary>
    /// <returns>The event, reached already.</returns>
    /// <exception cref="DeviceException">The driver refuses.</exception>
    public virtual DeviceEvent CreateEvent()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return new HostEvent(this);
    }

    /// <summary>Makes everything given to this device from now on wait for an event of another device. The host does not wait where both are CUDA devices.</summary>
    /// <param name="other">The event.</param>
    /// <exception cref="DeviceException">A launch before the event failed.</exception>
    public virtual void WaitFor(DeviceEvent other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        other.Wait();
    }

    /// <summary>Creates a graph; the caller disposes of it.</summary>
    /// <returns>The graph, with nothing recorded.</returns>
    public virtual LaunchGraph CreateGraph()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return new PlainLaunchGraph();
    }

    /// <summary>Allocates zeroed host memory for <see cref="DeviceMemory.BeginWrite"/> and <see cref="DeviceMemory.BeginRead"/>; the caller disposes of it.</summary>
    /// <param name="byteLength">Number of bytes; 0 is allowed.</param>
    /// <returns>The memory.</returns>
    /// <exception cref="DeviceException">The driver cannot page-lock as much.</exception>
    public virtual HostBuffer AllocateHost(long byteLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return new PlainHostBuffer(byteLength);
    }
}
