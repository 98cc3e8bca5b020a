namespace KernelFoundry.Corpus.Stories.Plots;

/// <summary>A thing goes from hand to hand, each time for a reason, and everyone goes somewhere: at the end one has to know who has it.</summary>
internal static class HandedOn
{
    private static readonly (string Thing, string Need)[] s_things =
    [
        ("umbrella", "it was going to rain"), ("lamp", "it was getting dark"), ("blanket", "the night would be cold"), ("basket", "the berries were ripe"),
        ("map", "the path was hard to find"), ("bucket", "the garden was dry"), ("broom", "the floor was full of leaves"), ("rope", "the cart was stuck"),
        ("saw", "the fence was broken"), ("kettle", "there were guests for tea"), ("book", "the baby wanted a story"), ("net", "the pond was full of leaves"),
    ];

    private static readonly string[] s_places =
    [
        "at the mill", "in the garden", "by the lake", "in the forest", "at the market", "on the hill", "at school", "in the barn",
        "at the bridge", "by the old oak", "in the kitchen", "at the harbor", "on the roof", "in the cellar", "at the bakery",
        "behind the stable", "near the fountain", "at the station", "inside the tent", "by the campfire", "in the orchard",
        "at the blacksmith", "on the beach", "under the balcony", "at the theater", "near the lighthouse", "in the vineyard",
        "at the crossroads", "beside the chapel", "in the workshop", "on the ferry", "at the quarry",
    ];

    public static Story Tell(CorpusRandom random)
    {
        int hands = random.Between(3, 4);
        Character[] cast = Character.Cast(random, hands);
        (string noun, string need) = random.Pick<(string, string)>(s_things);
        string thing = $"{random.Pick<string>(Words.Colors)} {noun}";
        string[] places = random.Several<string>(s_places, hands);
        var story = new StoryBuilder(random, nameof(HandedOn), $"{Words.A(thing)} that goes from hand to hand", [thing, .. cast.Select(each => each.Name)]);
        story.Own(cast[0], thing).Introduce(cast[0]).Say($"{cast[0].Name} had {Words.A(thing)}.", $"In {cast[0].Possessive()} house there was {Words.A(thing)}.");
        story.Say($"{Openings.Time(random)}, {cast[0].Name} was {places[0]}.").Move(cast[0], places[0]);
        for (int i = 1; i < hands; i++)
        {
            (Character from, Character to) = (cast[i - 1], cast[i]);
            string reason = i == 1 ? need : random.Pick(need, $"{from.Name} was done with it", $"{from.Name} had to go home");
            story.Paragraph()
                .Say($"There {from.Name} met {to.Titled}.", $"{to.Titled} came by and said hello.")
                .Say(
                    $"{from.Name} gave {to.Name} the {thing}, because {reason}.",
                    $"\"Take my {thing},\" said {from.Name}, because {reason}. So {to.Name} took it.",
                    $"{to.Name} asked for the {thing}, and {from.Name} gave it to {to.Him}, because {reason}.")
                .Give(from, to, thing)
                .Say($"Then {to.Name} went off with it and was soon {places[i]}.", $"{to.Name} carried it away. Before long {to.He} was {places[i]}.")
                .Move(to, places[i]);
            if (i == 1)
                story.Say($"{from.Name} stayed {places[0]}.", $"{from.Name} waved and stayed {places[0]}.");
            else
                story.Say($"{from.Name} went home.").Move(from, "at home");
        }

        Character last = cast[^1];
        story.Paragraph().Say($"So in the end {last.Name} had the {thing}, {places[hands - 1]}.", $"And that is how the {thing} came to {last.Name}.")
            .Say($"Everyone was glad that {cast[0].Name} liked to share.", $"\"It is good to share,\" said {cast[0].Name}.", $"{last.Name} said thank you many times.");
        story.AskOwner(thing).AskPlace(last).AskPlace(cast[0])
            .Ask($"Who had the {thing} first?", $"{cast[0].Name} had the {thing} first.", cast[0].Name)
            .Ask($"Why did {cast[0].Name} give away the {thing}?", $"Because {need}.", need);
        for (int i = 1; i < hands; i++)
            story.Ask($"Who gave the {thing} to {cast[i].Name}?", $"{cast[i - 1].Name} gave the {thing} to {cast[i].Name}.", cast[i - 1].Name);
        return story.End();
    }
}
