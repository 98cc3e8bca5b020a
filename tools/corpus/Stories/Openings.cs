namespace KernelFoundry.Corpus.Stories;

/// <summary>How stories begin and end.</summary>
internal static class Openings
{
    private static readonly string[] s_adjectives =
    [
        "little", "kind", "clever", "curious", "brave", "quiet", "cheerful", "young", "careful", "friendly", "gentle", "lazy", "proud",
        "patient", "shy", "silly", "wise", "merry", "grumpy", "hungry", "sleepy", "noisy", "polite", "tiny", "busy", "dreamy",
        "funny", "thoughtful", "stubborn", "generous", "nervous", "playful", "bold", "calm", "eager", "lonely", "nimble", "sturdy",
        "modest",
    ];

    private static readonly string[] s_homes =
    [
        "by the river", "near the forest", "on a hill", "in a small village", "at the edge of a meadow", "beside the sea",
        "in a house with a green door", "under a huge chestnut", "at the end of a long lane", "above the bakery", "in a hollow log",
        "next to the windmill", "in a cottage with a straw roof", "on a quiet island", "behind the old church",
        "between two tall mountains", "near a waterfall", "in a narrow valley", "opposite the library", "beneath a stone arch",
        "on the edge of the desert",
    ];

    private static readonly string[] s_times = ["One morning", "One day", "One sunny day", "One cold day", "One windy afternoon", "On Monday", "On Saturday", "Early in spring", "Late in autumn"];

    /// <summary>"One morning".</summary>
    public static string Time(CorpusRandom random) => random.Pick<string>(s_times);

    /// <summary>Introduces the first character.</summary>
    public static StoryBuilder Introduce(this StoryBuilder story, Character hero)
    {
        string adjective = story.Random.Pick<string>(s_adjectives), home = story.Random.Pick<string>(s_homes);
        return story.Say(
            $"Once upon a time there was {hero.Introduced(adjective)}. {hero.Name} lived {home}.",
            $"There once was {hero.Introduced(adjective)} who lived {home}.",
            $"{hero.Name} was {Words.A($"{adjective} {hero.Kind}")} who lived {home}.",
            $"Once there lived {hero.Introduced(adjective)} {home}.");
    }

    /// <summary>Introduces a friend.</summary>
    public static StoryBuilder IntroduceFriend(this StoryBuilder story, Character hero, Character friend) => story.Say(
        $"{hero.Name} had a friend, {friend.Introduced(story.Random.Pick<string>(s_adjectives))}.",
        $"{hero.Possessive()} best friend was {friend.Introduced(story.Random.Pick<string>(s_adjectives))}.",
        $"Next door lived {friend.Introduced(story.Random.Pick<string>(s_adjectives))}.");

    /// <summary>"Mia's".</summary>
    public static string Possessive(this Character who) => who.Name.EndsWith('s') ? $"{who.Name}'" : $"{who.Name}'s";

    /// <summary>Ends happily.</summary>
    public static StoryBuilder HappyEnd(this StoryBuilder story, Character first, Character second) => story.Say(
        $"{first.Name} and {second.Name} laughed and walked home together.",
        $"From that day on, {first.Name} and {second.Name} were the best of friends.",
        $"{first.Name} smiled all the way home.",
        $"That night {first.Name} was very happy.",
        $"\"That was a good day,\" said {second.Name}. \"Yes, it was,\" said {first.Name}.");
}
