namespace KernelFoundry.Corpus.Stories.Plots;

/// <summary>Something is lost where it cannot be reached; a friend has the tool that reaches there, and is thanked with something.</summary>
internal static class StuckThing
{
    private sealed record Trouble(string Happening, string Where, string Why, string Tool, string Use);

    private static readonly Trouble[] s_troubles =
    [
        new("the wind blew it up", "in the tall tree", "the tree was too tall", "ladder", "climbed up the ladder and took it down"),
        new("it slipped and rolled away", "in the deep well", "the well was too deep", "rope", "let down the rope with a hook and pulled it up"),
        new("it fell into the water", "in the middle of the pond", "the water was too deep", "boat", "rowed the boat out and picked it up"),
        new("it dropped through the boards", "under the bridge", "it was too dark to see", "lamp", "held the lamp under the boards and found it"),
        new("it flew over the fence", "behind the locked gate", "the gate was locked", "key", "opened the gate with the key and brought it back"),
        new("it sank into the snow", "under the deep snow", "the snow was too deep", "shovel", "dug with the shovel until it came out"),
        new("it drifted off with the stream", "on the other side of the stream", "the stream was too wide", "plank", "laid the plank across the stream and fetched it"),
        new("it rolled down the slope", "in the thorny bush", "the thorns were too sharp", "rake", "pulled it out of the thorns with the rake"),
    ];

    private static readonly string[] s_things =
    [
        "ball", "kite", "hat", "toy boat", "drum", "scarf", "basket", "doll", "whistle", "wooden horse", "umbrella", "top", "trumpet",
        "balloon", "lantern", "mitten", "paper airplane", "necklace", "puppet", "backpack", "violin", "snow globe", "telescope",
        "skateboard", "glove", "bracelet", "marble", "feather", "teapot", "pillow", "bicycle bell", "wagon", "globe", "magnet",
        "button box", "accordion",
    ];

    private static readonly string[] s_gifts =
    [
        "a honey cake", "a bag of nuts", "a jar of jam", "a warm bun", "a bunch of flowers", "a pretty shell", "a plum pie",
        "a shiny button", "a cinnamon roll", "a walnut tart", "a basket of cherries", "a handful of strawberries", "a cheese sandwich",
        "a cup of cocoa", "a bottle of lemonade", "a slice of pumpkin bread", "a bowl of raspberries", "a lucky coin", "a painted stone",
        "a knitted cap", "a wooden spoon", "a paper crown", "a silk ribbon", "a candle", "a drawing", "a bouquet of tulips",
    ];

    public static Story Tell(CorpusRandom random)
    {
        Character[] cast = Character.Cast(random, 2);
        (Character hero, Character friend) = (cast[0], cast[1]);
        Trouble trouble = random.Pick<Trouble>(s_troubles);
        string thing = $"{random.Pick<string>(Words.Colors)} {random.Pick<string>(s_things)}", gift = random.Pick<string>(s_gifts);
        string given = gift[2..];
        var story = new StoryBuilder(random, nameof(StuckThing), $"{Words.A(hero.Kind)} named {hero.Name} and {Words.A(thing)}", hero.Name, friend.Name, thing, trouble.Tool);
        story.Own(hero, thing).Own(friend, trouble.Tool).Own(hero, given);
        story.Introduce(hero)
            .Say($"{hero.Name} had {Words.A(thing)} and took it everywhere.", $"The thing {hero.He} loved most was {hero.His} {thing}.", $"{Words.Capital(hero.He)} had {Words.A(thing)}.")
            .Paragraph()
            .Say($"{Openings.Time(random)}, {hero.Name} was playing with the {thing} when {trouble.Happening}.", $"{Openings.Time(random)}, {hero.Name} went out with the {thing}, and {trouble.Happening}.")
            .Lose(hero, thing)
            .Say($"Now the {thing} was {trouble.Where}.", $"There it was, {trouble.Where}.")
            .Say($"{hero.Name} could not get it, because {trouble.Why}.", $"{hero.Name} tried and tried, but {trouble.Why}.")
            .Say($"{Words.Capital(hero.He)} began to cry.", $"{hero.Name} felt sad.", $"\"Oh no,\" said {hero.Name}.", $"{hero.Name} sat down and thought.")
            .Paragraph()
            .Say($"Then {friend.Introduced("friendly")} came by.", $"Just then {friend.Introduced("kind")} came along.")
            .Say($"\"Why are you sad?\" asked {friend.Name}.", $"\"What is wrong?\" asked {friend.Name}.")
            .Say($"\"My {thing} is {trouble.Where}, and {trouble.Why},\" said {hero.Name}.")
            .Say($"\"I have {Words.A(trouble.Tool)} at home,\" said {friend.Name}. \"I will get it.\"", $"\"I can help,\" said {friend.Name}. \"I have {Words.A(trouble.Tool)}.\"")
            .Say($"{friend.Name} came back with the {trouble.Tool}.", $"Soon {friend.Name} was back with the {trouble.Tool}.")
            .Say($"{Words.Capital(friend.He)} {trouble.Use}.")
            .Own(friend, thing)
            .Paragraph()
            .Say($"{friend.Name} gave the {thing} back to {hero.Name}.", $"\"Here is your {thing},\" said {friend.Name}.")
            .Give(friend, hero, thing)
            .Say($"\"Thank you!\" said {hero.Name}, and {hero.He} gave {friend.Name} {gift}.", $"To say thank you, {hero.Name} gave {friend.Name} {gift}.")
            .Give(hero, friend, given)
            .HappyEnd(hero, friend);
        return story.AskOwner(thing).AskOwner(given)
            .Ask($"Where was the {thing}?", $"The {thing} was {trouble.Where}.", trouble.Where)
            .Ask($"Why could {hero.Name} not get the {thing}?", $"Because {trouble.Why}.", trouble.Why)
            .Ask($"What did {friend.Name} bring?", $"{friend.Name} brought {Words.A(trouble.Tool)}.", trouble.Tool)
            .Ask($"What did {hero.Name} give {friend.Name}?", $"{hero.Name} gave {friend.Name} {gift}.", gift)
            .End();
    }
}
