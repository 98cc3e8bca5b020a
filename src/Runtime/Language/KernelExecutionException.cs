namespace KernelFoundry;

/// <summary>
/// A kernel broke a rule of the kernel language while running as plain C#: an index outside a view, shapes that do not match, or an operation
/// its element type does not have.
/// </summary>
public sealed class KernelExecutionException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public KernelExecutionException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong, where, and what was expected.</param>
    public KernelExecutionException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the error that caused it.</summary>
    /// <param name="message">What was wrong, where, and what was expected.</param>
    /// <param name="innerException">The cause.</param>
    public KernelExecutionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
