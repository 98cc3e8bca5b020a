namespace KernelFoundry.Testing;

/// <summary>A kernel did not run to its end; the message says on what.</summary>
public sealed class KernelTestException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public KernelTestException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What failed, in which test.</param>
    public KernelTestException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the error that caused it.</summary>
    /// <param name="message">What failed, in which test.</param>
    /// <param name="innerException">The cause.</param>
    public KernelTestException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
