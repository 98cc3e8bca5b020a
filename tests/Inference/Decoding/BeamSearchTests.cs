using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Inference.Tests.Decoding;

/// <summary>Searches against enumerating everything.</summary>
public sealed class BeamSearchTests : IDisposable
{
    private const int Stop = 0, Most = 4;
    private static readonly int[] s_prompt = [1, 2];
    private readonly Device _device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 1 });

    public static TheoryData<double, bool> Penalties => new() { { 0, false }, { 1, false }, { 0.7, true }, { -0.5, false } };

    public void Dispose() => _device.Dispose();

    [Theory]
    [MemberData(nameof(Penalties))]
    public void WideBeamsFindTheBestOfAll(double exponent, bool isGnmt)
    {
        var penalty = new LengthPenalty(exponent, isGnmt);
        for (int seed = 0; seed < 5; seed++)
        {
            using var toy = new ToySequence(_device, 4, seed);
            Hypothesis[] expected = [.. toy.Enumerate(s_prompt, Most, Stop)
                .Select(each => each with { Score = penalty.Score(each.LogProbability, each.Tokens.Count + (each.IsFinished ? 1 : 0)) })
                .OrderByDescending(each => each.Score).Take(5)];
            int before = ToySequence.Alive;
            var options = new BeamSearchOptions { Beams = 128, Results = 5, MaxTokens = Most, StopTokens = [Stop], LengthPenalty = penalty };
            Same(expected, BeamSearch.Run(toy, s_prompt, options));
            Assert.Equal(before, ToySequence.Alive);
        }
    }

    [Fact]
    public void OneBeamIsGreedy()
    {
        using var toy = new ToySequence(_device, 5, 3);
        var tokens = new List<int>();
        while (tokens.Count < 10)
        {
            double[] next = toy.LogProbabilities([.. s_prompt, .. tokens]);
            tokens.Add(Array.IndexOf(next, next.Max()));
        }

        Hypothesis found = BeamSearch.Run(toy, s_prompt, new BeamSearchOptions { Beams = 1, MaxTokens = 10 }).Single();
        Assert.Equal(tokens, found.Tokens);
        Assert.False(found.IsFinished);
    }

    // A beam search written out: all extensions sorted, the best kept.
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void NarrowBeamsKeepTheBestOfEachStep(int beams)
    {
        using var toy = new ToySequence(_device, 6, 11);
        List<(int[] Tokens, double LogProbability)> open = [([], 0)];
        for (int step = 0; step < 7; step++)
        {
            open = [.. open.SelectMany(beam => toy.LogProbabilities([.. s_prompt, .. beam.Tokens])
                .Select((p, token) => ((int[])[.. beam.Tokens, token], beam.LogProbability + p)))
                .OrderByDescending(each => each.Item2).Take(beams)];
        }

        Same([.. open.Select(each => new Hypothesis(each.Tokens, each.LogProbability, each.LogProbability, false))],
            BeamSearch.Run(toy, s_prompt, new BeamSearchOptions { Beams = beams, Results = beams, MaxTokens = 7 }));
    }

    // Groups of one beam, one after the other: each takes its best token, less the penalty for what the groups before took at this place.
    [Fact]
    public void GroupsAvoidEachOthersTokens()
    {
        using var toy = new ToySequence(_device, 6, 2);
        const double Penalty = 1.3;
        List<int>[] groups = [[], [], []];
        for (int step = 0; step < 6; step++)
        {
            var taken = new int[6];
            foreach (List<int> group in groups)
            {
                double[] keys = [.. toy.LogProbabilities([.. s_prompt, .. group]).Select((p, token) => p - (Penalty * taken[token]))];
                group.Add(Array.IndexOf(keys, keys.Max()));
                taken[group[^1]]++;
            }
        }

        IReadOnlyList<Hypothesis> found = BeamSearch.Run(toy, s_prompt,
            new BeamSearchOptions { Beams = 3, Groups = 3, DiversityPenalty = Penalty, Results = 3, MaxTokens = 6 });
        Assert.Equal(groups.Select(group => string.Join(" ", group)).Order(), found.Select(each => string.Join(" ", each.Tokens)).Order());
    }

    [Fact]
    public void ConstrainedBeamsFindTheBestThatIncludesThePhrases()
    {
        int[][] phrases = [[2, 1], [3]];
        for (int seed = 0; seed < 5; seed++)
        {
            using var toy = new ToySequence(_device, 4, seed);
            Hypothesis[] expected = [.. toy.Enumerate(s_prompt, Most, Stop)
                .Where(each => phrases.All(phrase => Contains(each.Tokens, phrase))).OrderByDescending(each => each.Score).Take(3)];
            var options = new ConstrainedSearchOptions { Beams = 128, Results = 3, MaxTokens = Most, StopTokens = [Stop], Phrases = phrases };
            Same(expected, ConstrainedBeamSearch.Run(toy, s_prompt, options));

            // Few beams find some, and all they find includes the phrases.
            IReadOnlyList<Hypothesis> few = ConstrainedBeamSearch.Run(toy, s_prompt, options with { Beams = 4, MaxTokens = 8 });
            Assert.NotEmpty(few);
            Assert.All(few, each => Assert.True(phrases.All(phrase => Contains(each.Tokens, phrase))));
        }
    }

    // Chi-square of the first result over all continuations, at a significance of 1e-6, and of pairs without replacement.
    [Fact]
    public void StochasticBeamsDrawWithoutReplacement()
    {
        using var toy = new ToySequence(_device, 3, 4);
        List<Hypothesis> all = toy.Enumerate(s_prompt, 2, Stop);
        double[] p = [.. all.Select(each => Math.Exp(each.LogProbability))];
        Assert.Equal(1, p.Sum(), 6);
        string[] keys = [.. all.Select(Key)];
        const int Draws = 4000;
        var first = new double[p.Length];
        var second = new double[p.Length];
        for (uint seed = 0; seed < Draws; seed++)
        {
            IReadOnlyList<Hypothesis> drawn = StochasticBeamSearch.Run(
                toy, s_prompt, new SearchOptions { MaxTokens = 2, Results = 3, StopTokens = [Stop], Seed = seed });
            int[] indices = [.. drawn.Select(each => Array.IndexOf(keys, Key(each)))];
            Assert.Equal(3, indices.Distinct().Count());
            Assert.DoesNotContain(-1, indices);
            first[indices[0]]++;
            second[indices[1]]++;
        }

        double[] expectedSecond = [.. p.Select((each, i) => p.Where((_, j) => j != i).Sum(other => other * each / (1 - other)))];
        Assert.InRange(ChiSquare(first, p, Draws), 0, 45);
        Assert.InRange(ChiSquare(second, expectedSecond, Draws), 0, 45);

        static string Key(Hypothesis each) => string.Join(" ", each.Tokens) + each.IsFinished;
    }

    [Fact]
    public void BeamSamplesAreRepeatableAndDiffer()
    {
        using var toy = new ToySequence(_device, 6, 2);
        var options = new BeamSearchOptions { Beams = 3, Results = 3, Draws = true, MaxTokens = 8 };
        string[] found = [.. Enumerable.Range(0, 8).Select(seed => Text(options with { Seed = (uint)seed }))];
        Assert.Equal(found[3], Text(options with { Seed = 3 }));
        Assert.True(found.Distinct().Count() > 5);

        string Text(BeamSearchOptions each) => string.Join("|", BeamSearch.Run(toy, s_prompt, each).Select(h => string.Join(" ", h.Tokens)));
    }

    [Fact]
    public void CoverageMovesTheChoice()
    {
        using var toy = new ToySequence(_device, 4, 1);
        Hypothesis best = toy.Enumerate(s_prompt, Most, Stop).Select(each =>
        {
            // The attention of a beam before its stop token, or at full length.
            var sums = new float[2];
            foreach (int token in each.Tokens)
                sums[token % 2]++;
            return each with { Score = each.LogProbability + new CoveragePenalty(0.9).Score(sums) };
        }).MaxBy(each => each.Score)!;
        var options = new BeamSearchOptions { Beams = 128, MaxTokens = Most, StopTokens = [Stop], CoveragePenalty = new CoveragePenalty(0.9) };
        Same([best], BeamSearch.Run(toy, s_prompt, options));
    }

    [Fact]
    public void ContrastiveSearchFollowsItsEquation()
    {
        using var toy = new ToySequence(_device, 6, 9);
        const double Penalty = 0.55;
        var tokens = new List<int>(s_prompt);
        for (int step = 0; step < 8; step++)
        {
            double[] next = toy.LogProbabilities(tokens);
            int chosen = Enumerable.Range(0, 6).OrderByDescending(token => next[token]).Take(3)
                .MaxBy(token => ((1 - Penalty) * Math.Exp(next[token])) - (Penalty * tokens.Max(other => Cosine(ToySequence.Hidden(token), ToySequence.Hidden(other)))));
            tokens.Add(chosen);
        }

        Hypothesis found = ContrastiveSearch.Run(toy, s_prompt, new ContrastiveSearchOptions { Candidates = 3, Penalty = Penalty, MaxTokens = 8 });
        Assert.Equal(tokens.Skip(2), found.Tokens);
    }

    [Fact]
    public void ContradictionsAreNamed()
    {
        using var toy = new ToySequence(_device, 4, 1);
        Named("Groups", new BeamSearchOptions { Beams = 4, Groups = 3 });
        Named("Results", new BeamSearchOptions { Beams = 2, Results = 3 });
        Named("DiversityPenalty", new BeamSearchOptions { DiversityPenalty = 1 });
        Named("MaxTokens", new BeamSearchOptions { MaxTokens = 0 });
        Assert.Contains("Phrases", Assert.Throws<ArgumentException>(() => ConstrainedBeamSearch.Run(toy, s_prompt,
            new ConstrainedSearchOptions { Phrases = [[Stop]], StopTokens = [Stop] })).Message, StringComparison.Ordinal);

        void Named(string name, BeamSearchOptions options) => Assert.Contains(
            name, Assert.Throws<ArgumentException>(() => BeamSearch.Run(toy, s_prompt, options)).Message, StringComparison.Ordinal);
    }

    private static double Cosine(float[] a, float[] b) =>
        a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x));

    private static double ChiSquare(double[] counts, double[] p, int draws) =>
        counts.Zip(p, (count, each) => Math.Pow(count - (draws * each), 2) / (draws * each)).Sum();

    private static bool Contains(IReadOnlyList<int> tokens, int[] phrase) =>
        Enumerable.Range(0, Math.Max(tokens.Count - phrase.Length + 1, 0)).Any(at => tokens.Skip(at).Take(phrase.Length).SequenceEqual(phrase));

    private static void Same(IReadOnlyList<Hypothesis> expected, IReadOnlyList<Hypothesis> found)
    {
        Assert.Equal(expected.Select(each => string.Join(" ", each.Tokens)), found.Select(each => string.Join(" ", each.Tokens)));
        foreach ((Hypothesis a, Hypothesis b) in expected.Zip(found))
        {
            Assert.Equal(a.IsFinished, b.IsFinished);
            Assert.Equal(a.LogProbability, b.LogProbability, 1e-4);
            Assert.Equal(a.Score, b.Score, 1e-4);
        }
    }
}
