using KernelFoundry.Corpus.Arithmetic;
using KernelFoundry.Corpus.Dialogues;
using KernelFoundry.Corpus.Records;
using KernelFoundry.Corpus.Stories;

namespace KernelFoundry.Corpus;

/// <summary>The questions with scores, all of the test split: arithmetic, JSON, and questions about a story that stands in the prompt.</summary>
public static class TaskWriter
{
    private const ulong TaskSeed = 0x7A5C;

    /// <summary>Names of the tasks.</summary>
    public static IReadOnlyList<string> Names { get; } = ["arithmetic", "json", "answers"];

    /// <summary>Draws the questions of one task, none twice.</summary>
    /// <param name="seed">The corpus' seed.</param>
    /// <param name="task">One of <see cref="Names"/>.</param>
    /// <param name="count">How many.</param>
    public static IReadOnlyList<(CorpusTask Task, string Key)> Draw(ulong seed, string task, int count)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var tasks = new List<(CorpusTask, string)>(count);
        for (long i = 0; tasks.Count < count; i++)
        {
            CorpusRandom random = CorpusRandom.For(seed ^ TaskSeed, CorpusSplit.Test, i);
            (CorpusTask drawn, string key) = Draw(random, task);
            if (seen.Add(drawn.Prompt))
                tasks.Add((drawn, key));
        }

        return tasks;
    }

    private static (CorpusTask, string) Draw(CorpusRandom random, string task)
    {
        switch (task)
        {
            case "arithmetic":
                Exercise sum = ArithmeticExercises.Draw(random, CorpusSplit.Test);
                return (new CorpusTask(task, "last-number", Chat.Prompt(sum.Question), sum.Expected), sum.Key);
            case "json":
                Exercise record = RecordExercises.Draw(random, CorpusSplit.Test);
                return (new CorpusTask(task, "json", Chat.Prompt(record.Question), record.Expected), record.Key);
            case "answers":
                Story story = StoryTeller.Draw(random, CorpusSplit.Test);
                Exercise question = random.Pick<Exercise>([.. story.Questions]);
                return (new CorpusTask(task, "exact", Chat.Prompt(DialogueWriter.AskAbout(story, question)), question.Answer), story.Key);
            default:
                throw new ArgumentException($"There is no task '{task}'; there are {string.Join(", ", Names)}.", nameof(task));
        }
    }
}
