namespace KernelFoundry.Corpus.Stories.Plots;

/// <summary>Someone is told to do something, forgets it, and what follows from that has to be put right.</summary>
internal static class Forgotten
{
    private sealed record Duty(string Task, string Past, string Cause, string Effect, string Repair);

    private static readonly Duty[] s_duties =
    [
        new("close the gate", "closed the gate", "the gate was open", "the goats ran out and ate the cabbages", "caught the goats and planted new cabbages"),
        new("water the flowers", "watered the flowers", "the soil was dry", "the flowers hung their heads", "carried water to every flower until they stood up again"),
        new("shut the window", "shut the window", "the window was open", "the rain came in and made the bed wet", "dried the bed by the fire"),
        new("put out the fire", "put out the fire", "the fire was still burning", "the soup burned black", "scrubbed the pot and cooked new soup"),
        new("tie up the boat", "tied up the boat", "the boat was loose", "it drifted far out on the lake", "swam out and pulled the boat back"),
        new("bring in the washing", "brought in the washing", "the washing was still outside", "the wind threw it into the mud", "washed everything once more"),
        new("feed the hens", "fed the hens", "the hens were hungry", "they flew over the fence to look for corn", "called the hens home with a bag of corn"),
        new("cover the woodpile", "covered the woodpile", "the wood was not covered", "the snow made the wood wet and it would not burn", "fetched dry branches from the forest"),
        new("lock the pantry", "locked the pantry", "the pantry was not locked", "the mice ate the cheese", "bought a new cheese at the market"),
    ];

    private static readonly string[] s_elders =
    [
        "mother", "father", "grandmother", "grandfather", "aunt", "uncle", "teacher", "cousin", "neighbor", "brother", "sister", "captain",
    ];

    private static readonly string[] s_games =
    [
        "played with a ball", "chased a butterfly", "built a tower of stones", "fell asleep under a tree", "read a long book",
        "picked blackberries", "watched the clouds", "danced to the music", "painted a rainbow", "flew a dragon kite", "collected acorns",
        "jumped over puddles", "counted ladybugs", "built a sandcastle", "played hide and seek", "practiced a magic trick",
        "sang a silly song", "followed a snail", "made a daisy chain", "skipped stones on the river", "drew faces in the dust",
    ];

    public static Story Tell(CorpusRandom random)
    {
        Character[] cast = Character.Cast(random, 2);
        (Character hero, Character friend) = (cast[0], cast[1]);
        Duty duty = random.Pick<Duty>(s_duties);
        string elder = random.Pick<string>(s_elders), game = random.Pick<string>(s_games);
        var story = new StoryBuilder(random, nameof(Forgotten), $"{hero.Name} who forgot to {duty.Task}", hero.Name, friend.Name, duty.Task, elder, game);
        story.Introduce(hero)
            .Say($"{Openings.Time(random)}, {hero.His} {elder} said, \"Please {duty.Task}, {hero.Name}.\"")
            .Say($"\"Yes, I will,\" said {hero.Name}.", $"\"I will do it soon,\" said {hero.Name}.")
            .Say($"But {hero.He} {game} and forgot all about it.", $"But first {hero.Name} {game}, and then {hero.He} forgot it.")
            .Paragraph()
            .Say($"Because {duty.Cause}, {duty.Effect}.", $"So {duty.Cause}, and {duty.Effect}.")
            .Say($"When {hero.Name} saw it, {hero.He} was sorry.", $"{hero.Name} saw it and turned red.", $"\"This is my fault,\" said {hero.Name}.")
            .Say($"{Words.Capital(hero.He)} told {hero.His} {elder} what had happened.", $"{Words.Capital(hero.His)} {elder} was not angry. \"Then put it right,\" said {hero.His} {elder}.")
            .Paragraph()
            .IntroduceFriend(hero, friend)
            .Say($"{friend.Name} wanted to help, so together they {duty.Repair}.", $"Together {hero.Name} and {friend.Name} {duty.Repair}.")
            .Say($"It took all day.", $"It was hard work.", $"When they were done, the sun went down.")
            .Say($"After that, {hero.Name} always {duty.Past} first and played later.", $"The next day {hero.Name} {duty.Past} before anything else.");
        return story
            .Ask($"What did {hero.Name} forget?", $"{hero.Name} forgot to {duty.Task}.", duty.Task)
            .Ask($"What happened because {duty.Cause}?", $"{Words.Capital(duty.Effect)}.", duty.Effect)
            .Ask($"Who asked {hero.Name} to {duty.Task}?", $"{hero.Possessive()} {elder} asked {hero.Him}.", elder)
            .Ask($"Who helped {hero.Name}?", $"{friend.Name} helped {hero.Name}.", friend.Name)
            .Ask($"What did {hero.Name} do instead?", $"{hero.Name} {game}.", game)
            .End();
    }
}
