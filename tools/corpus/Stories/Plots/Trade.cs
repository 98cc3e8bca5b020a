namespace KernelFoundry.Corpus.Stories.Plots;

/// <summary>One has what another wants, who has what a third wants: a chain of exchanges gives everyone what they need.</summary>
internal static class Trade
{
    private static readonly (string Thing, string Need)[] s_goods =
    [
        ("warm coat", "it was cold in the mornings"), ("fishing rod", "the lake was full of fish"), ("clay pot", "the soup had nothing to cook in"),
        ("rocking chair", "standing made the legs tired"), ("butter churn", "there was plenty of cream"), ("iron kettle", "the guests wanted tea"),
        ("garden hose", "the vegetables were thirsty"), ("sewing machine", "the trousers were torn"), ("wooden flute", "the village needed a song"),
        ("leather saddle", "the horse had none"), ("copper bell", "the sheep always got lost"), ("magnifying glass", "the letters were too small"),
        ("silver whistle", "the dogs did not listen"), ("woven carpet", "the stone floor was icy"), ("sturdy wheelbarrow", "the bricks were heavy"),
        ("folding umbrella", "dark clouds were coming"), ("feather quill", "there was a letter to write"), ("bread oven", "the dough was ready"),
        ("garden spade", "there were potatoes to plant"), ("straw hat", "the sun was hot"), ("little bell", "the cat came too quietly"),
        ("sharp axe", "there was wood to chop"), ("soft pillow", "the bed was hard"), ("long ladder", "the roof had a hole"), ("bright lantern", "the cellar was dark"),
        ("strong sack", "there was corn to carry"), ("tin cup", "there was nothing to drink from"), ("pair of boots", "the path was muddy"), ("wool blanket", "the nights were cold"),
    ];

    public static Story Tell(CorpusRandom random)
    {
        Character[] cast = Character.Cast(random, 3);
        (Character hero, Character second, Character third) = (cast[0], cast[1], cast[2]);
        (string Thing, string Need)[] goods = random.Several<(string, string)>(s_goods, 3);
        (string own, string wanted, string between) = (goods[0].Thing, goods[1].Thing, goods[2].Thing);
        var story = new StoryBuilder(random, nameof(Trade), $"{hero.Name} who wants {Words.A(wanted)}", hero.Name, second.Name, third.Name, own, wanted, between);
        story.Own(hero, own).Own(second, wanted).Own(third, between);
        story.Introduce(hero)
            .Say($"{hero.Name} had {Words.A(own)}, but {hero.He} wanted {Words.A(wanted)}, because {goods[1].Need}.", $"{hero.Name} needed {Words.A(wanted)}, because {goods[1].Need}. But all {hero.He} had was {Words.A(own)}.")
            .Paragraph()
            .Say($"{hero.Name} went to {second.Titled}, who had {Words.A(wanted)}.", $"{second.Titled} had {Words.A(wanted)}, so {hero.Name} went to see {second.Him}.")
            .Say($"\"Will you trade your {wanted} for my {own}?\" asked {hero.Name}.")
            .Say($"\"No,\" said {second.Name}. \"I want {Words.A(between)}.\" {second.Name} said so because {goods[2].Need}.", $"{second.Name} shook {second.His} head. \"What I need is {Words.A(between)},\" {second.He} said, because {goods[2].Need}.")
            .Paragraph()
            .Say($"So {hero.Name} went on to {third.Titled}, who had {Words.A(between)}.", $"{hero.Name} asked around. {third.Titled} had {Words.A(between)}.")
            .Say($"\"I would like your {own},\" said {third.Name}, because {goods[0].Need}.", $"{third.Name} was glad to see the {own}, because {goods[0].Need}.")
            .Say($"So {hero.Name} gave {third.Name} the {own} and got the {between}.", $"They traded: {third.Name} took the {own} and {hero.Name} took the {between}.")
            .Give(hero, third, own).Give(third, hero, between)
            .Paragraph()
            .Say($"Then {hero.Name} ran back to {second.Name} and traded the {between} for the {wanted}.", $"{hero.Name} brought the {between} to {second.Name}, and {second.Name} gave {hero.Him} the {wanted} for it.")
            .Give(hero, second, between).Give(second, hero, wanted)
            .Say($"Now {hero.Name} had the {wanted}, {second.Name} had the {between} and {third.Name} had the {own}.", $"Now all three had what they needed.", $"Everyone was happy with the trade.");
        return story.AskOwner(own).AskOwner(wanted).AskOwner(between)
            .Ask($"Why did {hero.Name} want {Words.A(wanted)}?", $"Because {goods[1].Need}.", goods[1].Need)
            .Ask($"What did {hero.Name} have first?", $"{hero.Name} had {Words.A(own)} first.", own)
            .Ask($"What did {hero.Name} give to {second.Name}?", $"{hero.Name} gave {second.Name} the {between}.", between)
            .End();
    }
}
