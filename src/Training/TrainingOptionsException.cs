namespace KernelFoundry.Training;

/// <summary>A value of the training options is wrong; the message says which, what it is, and what it must be.</summary>
public sealed class TrainingOptionsException : Exception
{
    /// <param name="field">The option, as the JSON file names it, such as <c>model.heads</c>.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="innerException">What found it.</param>
    public TrainingOptionsException(string field, string problem, Exception? innerException = null)
        : base($"{field}: {problem}", innerException) => Field = field;

    /// <summary>The option, as the JSON file names it.</summary>
    public string Field { get; }
}
