namespace KernelFoundry;

/// <summary>A device could not be opened, or could not compile or run a kernel.</summary>
public sealed class DeviceException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public DeviceException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What failed, on which device.</param>
    public DeviceException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the error that caused it.</summary>
    /// <param name="message">What failed, on which device.</param>
    /// <param name="innerException">The cause.</param>
    public DeviceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal DeviceException(string message, string? kernel, string? log = null, Exception? innerException = null)
        : base(string.IsNullOrWhiteSpace(log) ? message : $"{message}{Environment.NewLine}{log.Trim()}", innerException)
    {
        Kernel = kernel;
        Log = log;
    }

    /// <summary>The kernel's full name; null if none was involved.</summary>
    public string? Kernel { get; }

    /// <summary>What the device's compiler said; null if it said nothing.</summary>
    public string? Log { get; }
}
