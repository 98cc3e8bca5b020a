namespace KernelFoundry.Training.Evaluation;

/// <summary>A question with a score: a line of a task file.</summary>
public sealed record TaskQuestion
{
    /// <summary>The task's name.</summary>
    public required string Task { get; init; }

    /// <summary>
    /// How an answer is judged: <c>exact</c> (it is the expected text), <c>last-number</c> (its last number is the expected one), <c>json</c> (it is JSON, equal to
    /// the expected one).
    /// </summary>
    public required string Check { get; init; }

    /// <summary>What the model continues. Names of control tokens are those tokens.</summary>
    public required string Prompt { get; init; }

    /// <summary>What is right.</summary>
    public required string Expected { get; init; }
}
