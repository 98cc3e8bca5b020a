namespace KernelFoundry.Training.Configuration;

/// <summary>How a model is measured while it learns.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Steps between two measurements of the held-out loss; 0 for one at the end only.</summary>
    public long Every { get; set; } = 200;

    /// <summary>Most tokens of the held-out data that are looked at; 0 for all.</summary>
    public long Tokens { get; set; } = 65536;

    /// <summary>Steps between two runs of the tasks; 0 for one at the end only.</summary>
    public long TasksEvery { get; set; }

    /// <summary>Most questions of each task; 0 for all.</summary>
    public int Questions { get; set; } = 100;

    /// <summary>Most tokens of an answer.</summary>
    public int AnswerTokens { get; set; } = 128;

    internal void Validate()
    {
        Require("every", Every, 0);
        Require("tokens", Tokens, 0);
        Require("tasks_every", TasksEvery, 0);
        Require("questions", Questions, 0);
        Require("answer_tokens", AnswerTokens, 1);
    }

    private static void Require(string name, long value, long least)
    {
        if (value < least)
            throw new TrainingOptionsException($"evaluation.{name}", $"is {value}; it must be {least} or more.");
    }
}
