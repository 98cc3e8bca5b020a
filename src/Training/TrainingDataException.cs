namespace KernelFoundry.Training;

/// <summary>A data file is not what it must be; the message says which line and why.</summary>
public sealed class TrainingDataException : Exception
{
    /// <param name="file">The file.</param>
    /// <param name="line">The line, from 1; 0 for the whole file.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="innerException">What found it.</param>
    public TrainingDataException(string file, long line, string problem, Exception? innerException = null)
        : base(line > 0 ? $"{file}, line {line}: {problem}" : $"{file}: {problem}", innerException) => Line = line;

    /// <summary>The line, from 1; 0 for the whole file.</summary>
    public long Line { get; }
}
