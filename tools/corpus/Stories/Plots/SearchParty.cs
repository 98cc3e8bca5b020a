namespace KernelFoundry.Corpus.Stories.Plots;

/// <summary>Something is missing; it is looked for in several places, and tracks or sounds lead to where it is and to who took it, for a reason.</summary>
internal static class SearchParty
{
    private static readonly string[] s_places =
    [
        "under the bed", "in the cupboard", "behind the door", "in the garden", "in the shed", "under the stairs", "in the attic",
        "by the stove", "in the cart", "behind the barn", "under the carpet", "behind the curtain", "in the wardrobe", "beneath the sofa",
        "next to the chimney", "in the laundry basket", "on the windowsill", "among the pumpkins", "inside the piano", "in the hayloft",
        "beside the rain barrel", "near the compost heap",
    ];

    private static readonly (string Thing, string Reason)[] s_things =
    [
        ("spoon", "wanted to dig a hole"), ("slipper", "wanted a soft bed"), ("ribbon", "wanted to look pretty"), ("cookie jar", "was hungry"), ("pencil", "wanted to draw a picture"),
        ("compass", "was afraid of getting lost"), ("thimble", "needed a tiny cup"), ("blanket", "was shivering"), ("dictionary", "wanted to learn a difficult word"),
        ("trumpet", "dreamed of joining the orchestra"), ("necklace", "had a birthday party"), ("watering can", "felt pity for a thirsty flower"), ("candlestick", "could not sleep in the dark"),
        ("scissors case", "wanted to make paper snowflakes"), ("bandage box", "had a bruised knee"), ("mustache comb", "wished to look important"),
        ("sock", "had cold feet"), ("clock", "liked the ticking"), ("mirror", "wanted to see a friend"), ("cushion", "was tired"), ("ring", "loved shiny things"), ("flute", "wanted to make music"),
    ];

    private static readonly string[] s_clues =
    [
        "little footprints on the floor", "a quiet noise", "a trail of crumbs", "a bit of fur", "a small light", "a muddy pawprint",
        "a strange whistle", "a torn piece of paper", "a line of feathers", "a smell of peppermint", "an open drawer", "a drop of honey",
        "a scratch on the wall", "a soft giggle", "a wet spot",
    ];

    public static Story Tell(CorpusRandom random)
    {
        Character[] cast = Character.Cast(random, 3);
        (Character hero, Character friend, Character taker) = (cast[0], cast[1], cast[2]);
        (string noun, string reason) = random.Pick<(string, string)>(s_things);
        string thing = $"{random.Pick<string>(Words.Colors)} {noun}", clue = random.Pick<string>(s_clues);
        string[] places = random.Several<string>(s_places, 3);
        var story = new StoryBuilder(random, nameof(SearchParty), $"{hero.Name} who looks for {Words.A(thing)}", hero.Name, taker.Name, thing, places[2], clue);
        story.Own(hero, thing).Introduce(hero)
            .Say($"{Openings.Time(random)}, {hero.Name} could not find {hero.His} {thing}.", $"{Openings.Time(random)}, {hero.Possessive()} {thing} was gone.")
            .Lose(hero, thing)
            .Paragraph()
            .Say($"{Words.Capital(hero.He)} looked {places[0]}, but it was not there.")
            .Say($"Then {friend.Titled} came to help and looked {places[1]}, but it was not there either.", $"{friend.Titled} came and looked {places[1]}. Nothing.")
            .Say($"\"Look,\" said {friend.Name}. There was {clue}.".Replace("was little", "were little", StringComparison.Ordinal))
            .Say($"They followed it and came to a place {places[2]}.", $"It led them {places[2]}.").Move(taker, places[2])
            .Own(taker, thing)
            .Say($"There sat {taker.Titled} with the {thing}.")
            .Paragraph()
            .Say($"\"I am sorry,\" said {taker.Name}. \"I took it because I {reason}.\"")
            .Say($"{hero.Name} was not angry. \"Next time, just ask,\" {hero.He} said.", $"\"You could have asked me,\" said {hero.Name} and smiled.");
        if (random.Chance(50))
            story.Say($"{taker.Name} gave the {thing} back to {hero.Name}.").Give(taker, hero, thing);
        else
            story.Say($"\"Keep it for today,\" said {hero.Name}, so {taker.Name} kept the {thing}.");
        story.HappyEnd(hero, friend);
        return story.AskOwner(thing)
            .Ask($"Where was the {thing}?", $"The {thing} was {places[2]}.", places[2])
            .Ask($"Who took the {thing}?", $"{taker.Name} took the {thing}.", taker.Name)
            .Ask($"Why did {taker.Name} take the {thing}?", $"Because {taker.He} {reason}.", reason)
            .Ask($"Where did {friend.Name} look?", $"{friend.Name} looked {places[1]}.", places[1])
            .End();
    }
}
