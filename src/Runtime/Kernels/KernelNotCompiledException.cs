namespace KernelFoundry;

/// <summary>A kernel was launched with type arguments, or on a kind of device, that it has not been compiled for.</summary>
public sealed class KernelNotCompiledException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public KernelNotCompiledException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is missing, what exists, and what to do.</param>
    public KernelNotCompiledException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the error that caused it.</summary>
    /// <param name="message">What is missing, what exists, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public KernelNotCompiledException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
