namespace KernelFoundry.Corpus.Stories;

/// <summary>Someone in a story.</summary>
/// <param name="Name">The name.</param>
/// <param name="Kind">What they are, such as <c>fox</c>.</param>
/// <param name="IsShe">She or he.</param>
public sealed record Character(string Name, string Kind, bool IsShe)
{
    private static readonly string[] s_animals =
    [
        "fox", "rabbit", "bear", "mouse", "owl", "hedgehog", "squirrel", "duck", "cat", "dog", "frog", "goat", "otter", "badger", "mole",
        "hen", "wolf", "beaver", "raven", "turtle", "sparrow", "swan", "donkey", "pony", "lamb", "pig", "goose", "deer", "weasel",
        "ferret", "heron", "magpie", "robin", "toad", "lizard", "squid", "walrus", "seal", "penguin", "koala", "monkey", "tiger", "lion",
        "elephant", "zebra", "camel",
    ];

    /// <summary>The pronoun as a subject.</summary>
    public string He => IsShe ? "she" : "he";

    /// <summary>The pronoun as an object.</summary>
    public string Him => IsShe ? "her" : "him";

    /// <summary>The pronoun as an owner.</summary>
    public string His => IsShe ? "her" : "his";

    /// <summary>"Mia" for children and "Mia the fox" for animals.</summary>
    public string Titled => Kind is "girl" or "boy" ? Name : $"{Name} the {Kind}";

    /// <summary>"a girl named Mia" or "a fox named Mia".</summary>
    public string Introduced(string adjective) => $"{Words.A($"{adjective} {Kind}")} named {Name}";

    /// <summary>Different people, all children or all animals, no two of one kind of animal.</summary>
    public static Character[] Cast(CorpusRandom random, int count)
    {
        string[] names = random.Several<string>(Words.Names, count);
        string[] animals = random.Several<string>(s_animals, count);
        bool areAnimals = random.Chance(50);
        var cast = new Character[count];
        for (int i = 0; i < count; i++)
        {
            bool isShe = Words.Girls.Contains(names[i]);
            cast[i] = new Character(names[i], areAnimals ? animals[i] : isShe ? "girl" : "boy", isShe);
        }

        return cast;
    }
}
