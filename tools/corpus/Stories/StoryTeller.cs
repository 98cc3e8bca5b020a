using KernelFoundry.Corpus.Stories.Plots;

namespace KernelFoundry.Corpus.Stories;

/// <summary>Draws stories of all plots.</summary>
public static class StoryTeller
{
    private static readonly Func<CorpusRandom, Story>[] s_plots =
        [StuckThing.Tell, HandedOn.Tell, MadeTogether.Tell, Forgotten.Tell, Trade.Tell, SearchParty.Tell];

    /// <summary>Draws one of a split.</summary>
    public static Story Draw(CorpusRandom random, CorpusSplit split)
    {
        while (true)
        {
            Story story = random.Pick<Func<CorpusRandom, Story>>(s_plots)(random);
            if (Splits.Of(story.Key) == split)
                return story;
        }
    }
}
