using KernelFoundry.Corpus.Arithmetic;
using KernelFoundry.Corpus.Code;
using KernelFoundry.Corpus.Records;
using KernelFoundry.Corpus.Stories;

namespace KernelFoundry.Corpus.Dialogues;

/// <summary>Dialogues in the chat format: a story and questions about it, exercises, and small talk between them.</summary>
public static class DialogueWriter
{
    private static readonly (string, string)[] s_smallTalk =
    [
        ("Hello!", "Hello! What can I do for you?"), ("Hi there.", "Hi! Ask me for a story, a sum, JSON or a line of C#."), ("Good morning.", "Good morning! How can I help?"),
        ("Who are you?", "I am a small language model. I can tell stories, do small sums, write JSON and C#."), ("What can you do?", "I can tell stories, do small sums, write JSON and C#."),
        ("Can you help me?", "Yes, I can try. What do you need?"), ("How are you?", "I am fine, thank you. What can I do for you?"),
    ];

    private static readonly (string, string)[] s_thanks =
        [("Thank you!", "You are welcome!"), ("Thanks.", "You are welcome!"), ("That is all.", "Good bye!"), ("Good bye.", "Good bye!"), ("Great, thanks!", "I am glad I could help.")];

    /// <summary>Writes one whose every part is of one split.</summary>
    public static Document Draw(CorpusRandom random, CorpusSplit split)
    {
        var turns = new List<(string, string)>();
        var keys = new List<string>();
        if (random.Chance(15))
            turns.Add(random.Pick<(string, string)>(s_smallTalk));
        int parts = random.Weighted([40, 25, 15, 8, 5, 4, 3]) + 1;
        for (int i = 0; i < parts; i++)
        {
            if (random.Chance(30))
                AddStory(random, split, turns, keys);
            else
                AddExercise(random, split, turns, keys);
        }

        if (random.Chance(15))
            turns.Add(random.Pick<(string, string)>(s_thanks));
        return new Document(DocumentKinds.Dialogue, Chat.Render(turns), keys);
    }

    /// <summary>How a story is asked for.</summary>
    public static string AskFor(CorpusRandom random, Story story) => random.Pick(
        $"Tell me a story about {story.Title}.", $"Write a short story about {story.Title}.", $"Please tell me a story about {story.Title}.");

    /// <summary>How a question about a story that stands in the question is asked.</summary>
    public static string AskAbout(Story story, Exercise question) => $"{story.Text}\n{question.Question}";

    private static void AddStory(CorpusRandom random, CorpusSplit split, List<(string, string)> turns, List<string> keys)
    {
        Story story = StoryTeller.Draw(random, split);
        keys.Add(story.Key);
        Exercise[] questions = random.Several<Exercise>(story.Questions.ToArray(), random.Between(1, Math.Min(3, story.Questions.Count)));
        if (random.Chance(50))
        {
            turns.Add((AskFor(random, story), story.Text));
            turns.AddRange(questions.Select(question => (question.Question, question.Answer)));
            return;
        }

        turns.Add((AskAbout(story, questions[0]), questions[0].Answer));
        turns.AddRange(questions.Skip(1).Select(question => (question.Question, question.Answer)));
    }

    private static void AddExercise(CorpusRandom random, CorpusSplit split, List<(string, string)> turns, List<string> keys)
    {
        Exercise exercise = random.Weighted([50, 30, 20]) switch
        {
            0 => ArithmeticExercises.Draw(random, split),
            1 => RecordExercises.Draw(random, split),
            _ => CodeExercises.Draw(random, split),
        };
        keys.Add(exercise.Key);
        turns.Add((exercise.Question, exercise.Answer));
    }
}
