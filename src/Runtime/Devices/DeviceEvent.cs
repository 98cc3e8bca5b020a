namespace KernelFoundry;

/// <summary>A point in the order of what a device was given to do. From <see cref="Device.CreateEvent"/>; recorded any number of times.</summary>
public abstract class DeviceEvent : IDisposable
{
    /// <summary>Whether everything given before the last <see cref="Record"/> has finished; true if nothing was recorded yet.</summary>
    /// <exception cref="DeviceException">A launch before it failed.</exception>
    public abstract bool IsReached { get; }

    /// <summary>Puts the event behind everything given to its device so far.</summary>
    public abstract void Record();

    /// <summary>Waits until everything given before the last <see cref="Record"/> has finished.</summary>
    /// <exception cref="DeviceException">A launch before it failed.</exception>
    public abstract void Wait();

    /// <summary>The time the device took from an earlier event to this one. Waits for both.</summary>
    /// <param name="earlier">An event of the same device, recorded before.</param>
    /// <returns>The time by the device's own clock.</returns>
    /// <exception cref="ArgumentException">The earlier event is of another device.</exception>
    public abstract TimeSpan ElapsedSince(DeviceEvent earlier);

    /// <summary>Frees the event.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private protected abstract void Release();
}
