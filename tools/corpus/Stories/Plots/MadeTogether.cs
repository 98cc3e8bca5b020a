namespace KernelFoundry.Corpus.Stories.Plots;

/// <summary>Something is to be made of three things; one is missing for a reason, and a friend who has it gets a share.</summary>
internal static class MadeTogether
{
    private sealed record Recipe(string Product, string Verb, string Share, string[] Parts, string Result);

    private static readonly Recipe[] s_recipes =
    [
        new("an apple cake", "bake", "a big piece", ["apples", "flour", "butter"], "It smelled sweet and warm"),
        new("a vegetable soup", "cook", "a full bowl", ["carrots", "onions", "salt"], "It was hot and good"),
        new("a berry pie", "bake", "the first slice", ["berries", "flour", "sugar"], "The crust was golden"),
        new("a birdhouse", "build", "a place to watch the birds", ["boards", "nails", "paint"], "Soon a bird moved in"),
        new("a lantern", "make", "the first walk with it", ["paper", "sticks", "a candle"], "It shone in the dark"),
        new("a raft", "build", "a seat at the front", ["logs", "rope", "a sail"], "It floated very well"),
        new("honey bread", "bake", "the warm crust", ["flour", "honey", "milk"], "It rose high in the oven"),
        new("a scarecrow", "make", "the fun of dressing it", ["straw", "an old coat", "a hat"], "No crow came near the corn"),
    ];

    private static readonly string[] s_sources =
    [
        "from the shed", "from the cellar", "from the garden", "from the market", "from grandmother", "from the top shelf",
        "from the barn", "from the neighbor", "from the pantry", "from an old trunk", "from the greenhouse", "from the fisherman",
        "from the merchant", "from uncle", "from the attic", "from the miller", "from the toolbox",
    ];

    private static readonly string[] s_losses =
    [
        "the mice had eaten the rest", "the jar had fallen and broken", "the rain had spoiled everything", "someone had used it all up",
        "the box was empty", "the goat had chewed it", "a thief had taken it", "it had been left behind on the journey",
        "the frost had ruined it", "the lid had not been closed", "grandfather had given it away",
    ];

    public static Story Tell(CorpusRandom random)
    {
        Character[] cast = Character.Cast(random, 2);
        (Character hero, Character friend) = (cast[0], cast[1]);
        Recipe recipe = random.Pick<Recipe>(s_recipes);
        string[] parts = random.Several<string>(recipe.Parts, 3), sources = random.Several<string>(s_sources, 2);
        string loss = random.Pick<string>(s_losses), missing = parts[2];
        var story = new StoryBuilder(random, nameof(MadeTogether), $"{hero.Name} who wants to {recipe.Verb} {recipe.Product}", hero.Name, friend.Name, recipe.Product, missing, sources[0]);
        story.Introduce(hero)
            .Say($"{Openings.Time(random)}, {hero.Name} wanted to {recipe.Verb} {recipe.Product}.")
            .Say($"For that {hero.He} needed {Words.List(recipe.Parts)}.", $"{Words.Capital(hero.He)} needed three things: {Words.List(recipe.Parts)}.")
            .Paragraph()
            .Own(hero, parts[0]).Say($"First {hero.He} got {parts[0]} {sources[0]}.", $"{hero.Name} fetched {parts[0]} {sources[0]}.")
            .Own(hero, parts[1]).Say($"Then {hero.He} got {parts[1]} {sources[1]}.", $"Next came {parts[1]} {sources[1]}.")
            .Own(friend, missing).Say($"But there was no sign of {missing}, because {loss}.", $"But of {missing} there was nothing left, because {loss}.")
            .Say($"\"Now I cannot {recipe.Verb} {recipe.Product},\" said {hero.Name}.", $"{hero.Name} did not know what to do.")
            .Paragraph()
            .IntroduceFriend(hero, friend)
            .Say($"{hero.Name} knocked on {friend.Possessive()} door. \"Do you have {missing}?\" {hero.He} asked.")
            .Say($"\"Yes, I do,\" said {friend.Name}, and {friend.He} gave {hero.Name} {missing}.", $"{friend.Name} looked around and found {missing}. \"Here you are,\" {friend.He} said.")
            .Give(friend, hero, missing)
            .Say($"So they began to {recipe.Verb} together.", $"They went to work at once.")
            .Say($"{recipe.Result}.")
            .Paragraph()
            .Say($"{hero.Name} gave {friend.Name} {recipe.Share}, because {friend.He} had helped.", $"Because {friend.Name} had helped, {friend.He} got {recipe.Share}.")
            .HappyEnd(hero, friend);
        return story
            .Ask($"What did {hero.Name} want to {recipe.Verb}?", $"{hero.Name} wanted to {recipe.Verb} {recipe.Product}.", recipe.Product)
            .Ask("What was missing?", $"{Words.Capital(missing)} was missing, because {loss}.".Replace("s was missing", "s were missing", StringComparison.Ordinal), missing)
            .Ask($"Where did {hero.Name} get {parts[0]}?", $"{hero.Name} got {parts[0]} {sources[0]}.", sources[0])
            .Ask($"Who gave {missing} to {hero.Name}?", $"{friend.Name} gave {missing} to {hero.Name}.", friend.Name)
            .Ask($"What did {friend.Name} get?", $"{friend.Name} got {recipe.Share}.", recipe.Share)
            .End();
    }
}
