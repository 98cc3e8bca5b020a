namespace KernelFoundry.Training.Evaluation;

/// <summary>How many questions of a task were answered right.</summary>
/// <param name="Task">The task.</param>
/// <param name="Right">Right answers.</param>
/// <param name="Questions">Questions asked.</param>
public sealed record TaskScore(string Task, int Right, int Questions)
{
    /// <summary>Share of right answers, 0 to 1.</summary>
    public double Share() => Questions == 0 ? 0 : (double)Right / Questions;
}
