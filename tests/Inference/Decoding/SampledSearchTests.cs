using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Decoding;

/// <summary>Continuations that are drawn: taking back, banned phrases, choosing among several.</summary>
public sealed class SampledSearchTests : IDisposable
{
    private static readonly int[] s_prompt = [1, 2];
    private readonly Device _device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 1 });

    public void Dispose() => _device.Dispose();

    [Fact]
    public void ProbabilitiesAreTheModelsOwn()
    {
        using var toy = new ToySequence(_device, 6, 5);
        var options = new SampledSearchOptions
        {
            MaxTokens = 9,
            Pipeline = DecodingPipeline.Logits.With(new Temperature(0.7f)).ToProbabilities().Cut(new TopK(4)).Draw(3),
        };
        foreach (Hypothesis path in SampledSearch.RunMany(toy, s_prompt, options, 5))
        {
            double model = 0;
            for (int i = 0; i < path.Tokens.Count; i++)
                model += toy.LogProbabilities([.. s_prompt, .. path.Tokens.Take(i)])[path.Tokens[i]];
            Assert.Equal(model, path.LogProbability, 1e-4);
            Assert.True(path.Score > path.LogProbability);
        }
    }

    // What is drawn with a token banned where it would complete a phrase: paths without the phrase, in proportion.
    [Fact]
    public void BackspacesTakeTokensBack()
    {
        using var toy = new ToySequence(_device, 6, 5);
        var options = new SampledSearchOptions { MaxTokens = 12, BackspaceToken = 4, MostTakenBack = 50 };
        for (int path = 0; path < 20; path++)
        {
            Hypothesis found = SampledSearch.Run(toy, s_prompt, options, path);
            Assert.Equal(12, found.Tokens.Count);
            Assert.DoesNotContain(4, found.Tokens);
        }
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    public void BannedPhrasesNeverAppear(float temperature)
    {
        using LanguageModel model = new TinyModel().Open(_device);
        int[] prompt = [1, 259, 260];
        using var sequence = new ModelSequence(model, 40);
        DecodingPipeline pipeline = new DecodingOptions
        {
            Temperature = temperature, Seed = 4, Processors = [new AllowedTokens([.. Enumerable.Range(259, 12)])],
        }.ToPipeline();
        var plain = new SampledSearchOptions { MaxTokens = 24, Pipeline = pipeline };
        Hypothesis free = SampledSearch.Run(sequence, prompt, plain);
        string text = Text(free);
        Assert.True(text.Length > 8, text);

        // Parts of what comes freely, and ten thousand others.
        string[] banned = [text[2..4], text[5..8], .. Enumerable.Range(0, 10_000).Select(i => $"no such phrase {i}")];
        Hypothesis found = SampledSearch.Run(sequence, prompt, plain with { Banned = new BannedPhrases(model.Tokenizer, banned) });
        Assert.Equal(24, found.Tokens.Count);
        Assert.DoesNotContain(banned[0], Text(found), StringComparison.Ordinal);
        Assert.DoesNotContain(banned[1], Text(found), StringComparison.Ordinal);

        // The text before the first phrase stays, which is none where greedy text repeats itself from its beginning.
        int first = banned.Take(2).Min(each => text.IndexOf(each, StringComparison.Ordinal));
        Assert.StartsWith(text[..first], Text(found), StringComparison.Ordinal);

        string Text(Hypothesis each) => model.Tokenizer.Decode([.. each.Tokens], atTextStart: false);
    }

    [Fact]
    public void PhrasesAreFoundAcrossTokens()
    {
        using LanguageModel model = new TinyModel().Open(_device);
        int[] tokens = [.. "xheyHEL".Select(each => TestByte(each))];
        Assert.Equal(1, First("he", false));
        Assert.Equal(1, First("hey", false));
        Assert.Null(First("hel", false));
        Assert.Equal(4, First("hel", true));

        int? First(string phrase, bool ignoresCase)
        {
            PhraseMatch match = new BannedPhrases(model.Tokenizer, [phrase, "zzz"], ignoresCase).Begin();
            int? first = null;
            foreach (int token in tokens)
                first ??= match.Append(token);
            return first;
        }

        static int TestByte(char each) => 3 + each;
    }

    [Fact]
    public void RerankingFollowsItsDefinitions()
    {
        Hypothesis[] paths =
        [
            new([1, 2, 3], -3, 0, true), new([1, 2, 4], -2.9, 0, true), new([1, 2, 3, 4, 5, 6, 7, 8], -5, 0, true), new([9], -2, 0, true),
        ];
        Assert.Equal(paths[3].Tokens, Reranking.ByProbability(paths)[0].Tokens);
        Assert.Equal(paths[2].Tokens, Reranking.ByProbability(paths, new LengthPenalty(1))[0].Tokens);
        Assert.Equal(paths[1].Tokens, Reranking.ByScore(paths, path => path.Tokens[^1] == 4 ? 1 : 0)[0].Tokens);
        Assert.Equal(1, Reranking.PairF1([1, 2], [1, 2]));
        Assert.Equal(0, Reranking.PairF1([1], [2]));
        Assert.Equal(0.5, Reranking.PairF1([1, 2, 3], [1, 2, 4]));
        Assert.NotEqual(paths[3].Tokens, Reranking.ByMinimumBayesRisk(paths)[0].Tokens);
        Assert.Equal(paths[3].Tokens, Reranking.ByMinimumBayesRisk(paths)[^1].Tokens);
    }

    [Fact]
    public void AForkOfAModelsSequenceIsItsOwn()
    {
        foreach (CacheElement cache in Enum.GetValues<CacheElement>())
        {
            using LanguageModel model = new TinyModel { HeadDim = 32, RotaryDims = 32 }.Open(_device, new ModelOptions { Cache = cache });
            using var sequence = new ModelSequence(model, 20);
            sequence.Score([1, 259, 260]);
            using IScoredSequence fork = sequence.Fork();
            float[] other = fork.Score([262]).ToArray();
            float[] expected = sequence.Score([261]).ToArray();
            fork.Rollback(3);
            Assert.Equal(expected, fork.Score([261]).ToArray());
            Assert.NotEqual(expected, other);
        }
    }

    // A phrase that every path must break does not hang: after so many tokens it is let through, or nothing is left.
    [Fact]
    public void TakingBackEnds()
    {
        using LanguageModel model = new TinyModel().Open(_device);
        using var sequence = new ModelSequence(model, 40);
        var allowed = new AllowedTokens([259 + 1, 259 + 2]);
        DecodingPipeline pipeline = DecodingPipeline.Logits.With(allowed).ToProbabilities().Draw(1);
        var options = new SampledSearchOptions { MaxTokens = 8, Pipeline = pipeline, Banned = new BannedPhrases(model.Tokenizer, ["a", "b"]), MostTakenBack = 9 };
        Assert.Throws<InvalidOperationException>(() => SampledSearch.Run(sequence, [1], options));
        BannedPhrases pairs = new(model.Tokenizer, ["aa", "ab", "ba", "bb"]);
        Assert.Throws<InvalidOperationException>(() => SampledSearch.Run(sequence, [1], options with { Banned = pairs, MostTakenBack = 1000 }));
    }
}
