using System.Text.Json;
using KernelFoundry.Training.Configuration;
using KernelFoundry.Training.Data;

namespace KernelFoundry.Training.Evaluation;

/// <summary>Reads tasks: a JSON object a line, as <see cref="TaskQuestion"/> has it.</summary>
public static class TaskFile
{
    /// <summary>The questions of a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The questions, in order.</returns>
    /// <exception cref="TrainingDataException">A line is not as it must be, or there is none.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<TaskQuestion> Read(string path)
    {
        var questions = new List<TaskQuestion>();
        foreach ((long number, byte[] line) in DocumentReader.Lines(path))
        {
            try
            {
                TaskQuestion question = JsonSerializer.Deserialize(line, TrainingJson.Readable.TaskQuestion)
                    ?? throw new TrainingDataException(path, number, "is null.");
                if (!AnswerChecks.Names.Contains(question.Check))
                    throw new TrainingDataException(path, number, $"has the check '{question.Check}'; it must be one of {string.Join(", ", AnswerChecks.Names)}.");
                if (question.Prompt.Length == 0)
                    throw new TrainingDataException(path, number, "has an empty prompt.");
                questions.Add(question);
            }
            catch (JsonException error)
            {
                throw new TrainingDataException(path, number, error.Message.Split(" Path:", 2)[0], error);
            }
        }

        return questions.Count > 0 ? questions : throw new TrainingDataException(path, 0, "has no questions.");
    }
}
