using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Training.Evaluation;

/// <summary>Has a model answer questions, greedily.</summary>
public static class TaskRunner
{
    /// <summary>Runs the questions, task by task.</summary>
    /// <param name="model">The model.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="most">Most questions of each task; 0 for all.</param>
    /// <param name="answerTokens">Most tokens of an answer.</param>
    /// <param name="cancellationToken">Looked at before each token.</param>
    /// <returns>A score a task.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static IReadOnlyList<TaskScore> Run(
        LanguageModel model, IReadOnlyList<TaskQuestion> questions, int most, int answerTokens, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(questions);
        var generator = new TextGenerator(model);
        var options = new GenerationOptions { MaxTokens = answerTokens };
        var scores = new List<TaskScore>();
        foreach (IGrouping<string, TaskQuestion> task in questions.GroupBy(question => question.Task))
        {
            int right = 0, asked = 0;
            foreach (TaskQuestion question in most > 0 ? task.Take(most) : task)
            {
                asked++;
                if (Answer(model, generator, question, options, cancellationToken) is { } answer && AnswerChecks.IsRight(question, answer))
                    right++;
            }

            scores.Add(new TaskScore(task.Key, right, asked));
        }

        return scores;
    }

    // Null where the prompt does not fit: no answer, and not a right one.
    private static string? Answer(
        LanguageModel model, TextGenerator generator, TaskQuestion question, GenerationOptions options, CancellationToken cancellationToken)
    {
        Tokenizer tokenizer = model.Tokenizer;
        int[] prompt = tokenizer.Encode(question.Prompt, addBos: tokenizer.BosId is not null, parseSpecial: true);
        if (prompt.Length >= model.Configuration.ContextLength)
            return null;
        string answer = string.Concat(generator.Generate(prompt, options, cancellationToken).Select(chunk => chunk.Text));
        cancellationToken.ThrowIfCancellationRequested();
        return answer;
    }
}
