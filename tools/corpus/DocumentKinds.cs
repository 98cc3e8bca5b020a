using KernelFoundry.Corpus.Arithmetic;
using KernelFoundry.Corpus.Code;
using KernelFoundry.Corpus.Dialogues;
using KernelFoundry.Corpus.Records;
using KernelFoundry.Corpus.Stories;

namespace KernelFoundry.Corpus;

/// <summary>The kinds of documents and how often each comes.</summary>
public static class DocumentKinds
{
    /// <summary>Stories, one a document.</summary>
    public const string Story = "story";

    /// <summary>Exercises of arithmetic, several a document.</summary>
    public const string Arithmetic = "arithmetic";

    /// <summary>JSON records.</summary>
    public const string Record = "record";

    /// <summary>C# one-liners under comments.</summary>
    public const string Code = "code";

    /// <summary>Dialogues in the chat format.</summary>
    public const string Dialogue = "dialogue";

    private static readonly (string Name, int Weight, Func<CorpusRandom, CorpusSplit, Document> Draw)[] s_kinds =
    [
        (Story, 32, DrawStory),
        (Arithmetic, 10, (random, split) => DrawSeveral(random, split, Arithmetic, random.Between(2, 8), ArithmeticExercises.Draw, e => $"{e.Question}\n{e.Answer}")),
        (Record, 7, (random, split) => DrawSeveral(random, split, Record, random.Between(1, 5), RecordExercises.Draw, e => $"{e.Question[(e.Question.IndexOf(':', StringComparison.Ordinal) + 2)..]}\n{e.Answer}")),
        (Code, 6, (random, split) => DrawSeveral(random, split, Code, random.Between(2, 6), CodeExercises.Draw, e => $"// {e.Question}\n{e.Answer}")),
        (Dialogue, 45, DialogueWriter.Draw),
    ];

    /// <summary>Names of the kinds.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_kinds.Select(kind => kind.Name)];

    /// <summary>The document of a number.</summary>
    /// <param name="seed">The corpus' seed.</param>
    /// <param name="split">The split.</param>
    /// <param name="index">Its number in the split.</param>
    public static Document Draw(ulong seed, CorpusSplit split, long index)
    {
        CorpusRandom random = CorpusRandom.For(seed, split, index);
        return s_kinds[random.Weighted([.. s_kinds.Select(kind => kind.Weight)])].Draw(random, split);
    }

    private static Document DrawStory(CorpusRandom random, CorpusSplit split)
    {
        Story story = StoryTeller.Draw(random, split);
        return new Document(Story, story.Text, [story.Key]);
    }

    private static Document DrawSeveral(
        CorpusRandom random, CorpusSplit split, string kind, int count, Func<CorpusRandom, CorpusSplit, Exercise> draw, Func<Exercise, string> render)
    {
        Exercise[] exercises = [.. Enumerable.Range(0, count).Select(_ => draw(random, split))];
        return new Document(kind, string.Join('\n', exercises.Select(render)), [.. exercises.Select(exercise => exercise.Key)]);
    }
}
