namespace KernelFoundry.Inference.Generation;

/// <summary>A request was refused because as many as <see cref="BatchOptions.MaxQueued"/> wait already. It may be made again later.</summary>
public sealed class BatchQueueFullException : InvalidOperationException
{
    /// <summary>A refusal.</summary>
    public BatchQueueFullException()
        : this("The queue of requests is full.")
    {
    }

    /// <summary>A refusal.</summary>
    /// <param name="message">What is full.</param>
    public BatchQueueFullException(string message)
        : base(message)
    {
    }

    /// <summary>A refusal.</summary>
    /// <param name="message">What is full.</param>
    /// <param name="innerException">Why.</param>
    public BatchQueueFullException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
