namespace KernelFoundry.Training;

/// <summary>A checkpoint is of another run, or broken.</summary>
public sealed class CheckpointException : Exception
{
    /// <param name="file">The checkpoint.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="innerException">What found it.</param>
    public CheckpointException(string file, string problem, Exception? innerException = null)
        : base($"{file}: {problem}", innerException)
    {
    }
}
