using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Inference.Tests.Decoding;

/// <summary>Decoding with speculation, from pipelines to the sequence's path.</summary>
public sealed class SpeculativeDecoderTests : IDisposable
{
    private const int Vocabulary = 5;
    private readonly Device _device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 1 });

    public void Dispose() => _device.Dispose();

    public static TheoryData<string, string> Methods
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string draft in new[] { "path", "tree", "lookup", "recycling" })
            {
                foreach (string verifier in new[] { "exact", "rejection", "selection" })
                    all.Add(draft, verifier);
            }

            return all;
        }
    }

    // Through the pipeline: temperature, a penalty of the history, and a truncation. Seeds are fixed.
    [Theory]
    [InlineData("tree", "rejection", 200_000)]
    [InlineData("path", "selection", 20_000)]
    [InlineData("recycling", "rejection", 20_000)]
    public void TokensKeepTheirDistribution(string draft, string verifier, int least)
    {
        using var table = new TableSequence(_device, Vocabulary, 3, capacity: 520);
        DecodingPipeline pipeline = DecodingPipeline.Logits.With(new Temperature(0.9f)).ToProbabilities().Cut(new TopK(4)).Draw(5);
        using var decoder = new SpeculativeDecoder(table, pipeline, Options(draft, verifier, table));
        var found = new ChiSquare(Vocabulary);
        int[] tokens = new int[521];
        while (found.Count < least)
        {
            int count = 2;
            (tokens[0], tokens[1]) = (1, 2);
            table.Rollback(0);
            while (count < 500)
            {
                tokens[count] = decoder.Next(tokens.AsMemory(0, count), 2).Token;
                int before = tokens[count - 2], last = tokens[count - 1];
                found.Add((before * Vocabulary) + last, tokens[count++], () => Probabilities(table.Logits(before, last)));
            }

            decoder.Commit();
        }

        SpeculationStatistics statistics = decoder.Statistics;
        Assert.True(found.Deviate() < 4.75, $"{found.Deviate():F1} standard deviations over {found.Count} tokens");
        Assert.InRange(statistics.AcceptanceRate, 0.3, 0.99);
        Assert.True(statistics.TokensPerPass > 1.3, $"{statistics}");
        Assert.Equal(table.Trees, statistics.Passes);

        static double[] Probabilities(float[] logits)
        {
            double least = logits.OrderDescending().ElementAt(3);
            double[] p = [.. logits.Select(x => x >= least ? Math.Exp(x / 0.9) : 0)];
            return [.. p.Select(each => each / p.Sum())];
        }
    }

    // Mirostat, penalties and a random truncation carry something from token to token: none of it may be out of step.
    [Theory]
    [InlineData("path")]
    [InlineData("tree")]
    [InlineData("lookup")]
    [InlineData("recycling")]
    public void ExactVerificationGivesTheSameText(string draft)
    {
        DecodingPipeline[] pipelines =
        [
            DecodingPipeline.Logits.Greedy(),
            DecodingPipeline.Logits.With(new RepetitionPenalty(1.3f, 5)).Greedy(),
            DecodingPipeline.Logits.With(new Temperature(1.3f)).ToProbabilities().Cut(new ExcludeTopChoices(0.1f, 0.5f)).Draw(7),
            DecodingPipeline.Logits.With(new RepetitionPenalty(1.3f, 5)).With(new Temperature(1.3f)).ToProbabilities().Cut(new Mirostat2(1.5f, 0.2f)).Draw(7),
            DecodingPipeline.Logits.ToProbabilities().Cut(new Mirostat1(1.5f, 0.2f)).Draw(7),
        ];
        int accepted = 0;
        foreach (DecodingPipeline pipeline in pipelines)
        {
            using var table = new TableSequence(_device, Vocabulary, 3);
            int[] plain = Plain(table, pipeline, 200);
            (int[] found, SpeculationStatistics statistics) = Speculate(table, pipeline, Options(draft, "exact", table), 200);
            Assert.Equal(plain, found);
            Assert.Equal(200, statistics.Tokens);
            accepted += statistics.Accepted;
        }

        // Greedy text soon repeats itself, and may do so where the draft errs; drawn text cannot.
        Assert.True(accepted > 100, $"{accepted} drafts accepted");
    }

    // Verifiers that take the distribution must leave mirostat and log-probabilities as the pipeline's own draw does.
    [Theory]
    [MemberData(nameof(Methods))]
    public void EveryDrafterGoesWithEveryVerifier(string draft, string verifier)
    {
        DecodingPipeline pipeline = DecodingPipeline.Logits.With(new BannedTokens([4])).With(new Temperature(1.2f)).ToProbabilities().Cut(new Mirostat2(1.5f, 0.2f)).Draw(2);
        using var table = new TableSequence(_device, Vocabulary, 3);
        using var decoder = new SpeculativeDecoder(table, pipeline, Options(draft, verifier, table), topLogProbabilities: Vocabulary);
        int[] tokens = new int[300];
        (tokens[0], tokens[1]) = (1, 2);
        for (int count = 2; count < 300; count++)
        {
            SampledToken chosen = decoder.Next(tokens.AsMemory(0, count), 2, 300 - count);
            tokens[count] = chosen.Token;
            Assert.InRange(chosen.Token, 0, 3);
            StepLogProbabilities log = decoder.LogProbabilities!;
            float[] logits = table.Logits(tokens[count - 2], tokens[count - 1]);
            Assert.Equal(logits[chosen.Token] - Math.Log(logits.Sum(x => Math.Exp(x))), log.Model.LogProbability, 1e-4);
            Assert.Equal(chosen.LogProbability, log.LogProbabilityAfter);
            Assert.Contains(log.TopAfter, each => each.Token == chosen.Token && Math.Abs(each.LogProbability - chosen.LogProbability) < 1e-4);
        }

        decoder.Commit();
        Assert.InRange(table.Length, 290, 299);
    }

    [Fact]
    public void TheLastTokensDraftNothing()
    {
        using var table = new TableSequence(_device, Vocabulary, 3, capacity: 10);
        DecodingPipeline pipeline = DecodingPipeline.Logits.Greedy();
        (int[] found, SpeculationStatistics statistics) = Speculate(table, pipeline, Options("tree", "exact", table), 8);
        Assert.Equal(8, found.Length);
        Assert.True(statistics.Drafted < 8 * 20);
        using var one = new TableSequence(_device, Vocabulary, 3);
        Assert.Equal(0, Speculate(one, pipeline, Options("path", "exact", one) with { MostNodes = 1 }, 8).Statistics.Drafted);
    }

    [Fact]
    public void LookupFindsTheLastAndLongestMatch()
    {
        int[] tokens = [1, 2, 3, 4, 9, 2, 3, 5, 6, 7, 2, 3];
        Assert.Equal([3, 5, 6], Draft(new PromptLookup(Tokens: 2)));
        Assert.Equal([3, 5, 6, 4, 9], Draft(new PromptLookup(Tokens: 2, Paths: 2)));
        Assert.Equal([3], Draft(new PromptLookup(ShortestMatch: 3, LongestMatch: 3)));

        int[] Draft(PromptLookup method)
        {
            var tree = new TokenTree(tokens[^1]);
            using IDrafter drafter = method.Begin(10, DecodingPipeline.Logits.Greedy(), 50);
            drafter.Draft(new DraftRequest(tokens, 3, DraftKind.Likeliest, 0, []), tree);
            return [.. Enumerable.Range(0, tree.Count).Select(tree.Token)];
        }
    }

    [Fact]
    public void RecyclingFollowsWhatWasProbable()
    {
        using IDrafter drafter = new TokenRecycling(Nodes: 4, Successors: 2).Begin(3, DecodingPipeline.Logits.Greedy(), 50);
        var seen = new TokenTree(0);
        seen.Add(0, 1);
        drafter.Observe(seen, _device.Upload<float>([0, 2, 1, 3, 0, float.NaN], 2, 3));
        var tree = new TokenTree(0);
        int[] tokens = [0];
        drafter.Draft(new DraftRequest(tokens, 1, DraftKind.Likeliest, 0, []), tree);
        Assert.Equal([0, 1, 2, 0], Enumerable.Range(0, tree.Count).Select(tree.Token));
        Assert.Equal([-1, 0, 0, 1], Enumerable.Range(0, tree.Count).Select(tree.Parent));
    }

    [Fact]
    public void TheLargestAreFoundInAnyOrder()
    {
        var random = new Random(3);
        foreach (int size in new[] { 1, 3, 17, 1000 })
        {
            float[] logits = [.. Enumerable.Range(0, size).Select(_ => MathF.Round((float)random.NextDouble() * 200))];
            int[] found = new int[Math.Min(8, size)];
            TokenRecycling.FindLargest(logits, found, new float[found.Length]);
            Assert.Equal(Enumerable.Range(0, size).OrderByDescending(i => logits[i]).ThenBy(i => i).Take(8), found);
        }
    }

    [Fact]
    public void WrongSettingsAreNamed()
    {
        using var table = new TableSequence(_device, Vocabulary, 3);
        using var other = new TableSequence(_device, Vocabulary + 1, 3);
        DraftMethod[] wrong =
        [
            new PromptLookup(Tokens: 0), new PromptLookup(LongestMatch: 1, ShortestMatch: 2), new TokenRecycling(Nodes: 1), new TokenRecycling(Successors: 0),
            new DraftModel(_ => other), new DraftModel(_ => table) { Branches = [2, 0] },
        ];
        foreach (DraftMethod method in wrong)
        {
            var error = Assert.Throws<ArgumentException>(() => new SpeculativeDecoder(table, DecodingPipeline.Logits.Greedy(), new SpeculationOptions { Drafts = method }));
            Assert.StartsWith(method.GetType().Name, error.Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentException>(() => new SpeculationOptions { Drafts = wrong[0], MostNodes = 0 }.Validate());
    }

    private SpeculationOptions Options(string draft, string verifier, TableSequence table) => new()
    {
        Drafts = draft switch
        {
            "path" => new DraftModel(_ => new TableSequence(_device, Vocabulary, 8, near: table)) { Branches = [1, 1, 1] },
            "tree" => new DraftModel(_ => new TableSequence(_device, Vocabulary, 8, near: table)) { Branches = [3, 2, 1] },
            "lookup" => new PromptLookup(Tokens: 5, Paths: 2),
            _ => new TokenRecycling(Nodes: 12, Successors: 3),
        },
        Verifier = verifier switch
        {
            "exact" => ExactVerifier.Instance,
            "rejection" => RejectionVerifier.Instance,
            _ => SequentialSelectionVerifier.Instance,
        },
    };

    private int[] Plain(TableSequence table, DecodingPipeline pipeline, int most)
    {
        using var sampler = new SequenceSampler(pipeline, _device, Vocabulary);
        List<int> tokens = [1, 2];
        for (int i = 0; i < most; i++)
        {
            View1<float> logits = _device.Upload<float>(table.Logits(tokens[^2], tokens[^1]));
            tokens.Add(sampler.Next(logits, tokens.ToArray(), 2).Token);
            logits.Memory!.Dispose();
        }

        return [.. tokens.Skip(2)];
    }

    private static (int[] Tokens, SpeculationStatistics Statistics) Speculate(TableSequence table, DecodingPipeline pipeline, SpeculationOptions options, int most)
    {
        using var decoder = new SpeculativeDecoder(table, pipeline, options);
        List<int> tokens = [1, 2];
        for (int i = 0; i < most; i++)
            tokens.Add(decoder.Next(tokens.ToArray(), 2, most - i).Token);
        return ([.. tokens.Skip(2)], decoder.Statistics);
    }
}
