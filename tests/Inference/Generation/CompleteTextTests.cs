using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Generation;

/// <summary>A grammar's end ends the text, with a token for it or without; stop texts end it wherever characters are cut into tokens.</summary>
public sealed class CompleteTextTests : IDisposable
{
    private readonly Device _device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 2 });

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(0, 0, DraftVerifier.Auto)]
    [InlineData(8, 0, DraftVerifier.Exact)]
    [InlineData(0, 16, DraftVerifier.Rejection)]
    public void AGrammarsEndNeedsNoStopToken(int lookup, int recycling, DraftVerifier verifier)
    {
        SpeculationOptions? speculation = new DraftOptions { Lookup = lookup, Recycling = recycling, Verifier = verifier }.ToSpeculation();
        using LanguageModel model = new TinyModel().Open(_device);
        foreach ((int[] stops, float temperature) in new[] { (Array.Empty<int>(), 0f), ([], 1f), ([2], 0f) })
        {
            GenerationChunk[] chunks = [.. new TextGenerator(model).Generate(Prompt(model), Chosen(model, stops, temperature) with { Speculation = speculation }, TestContext.Current.CancellationToken)];
            Assert.Equal("abcabc", string.Concat(chunks.Select(chunk => chunk.Text)));
            Assert.Equal(FinishReason.Stop, chunks[^1].FinishReason);
            Assert.Equal(chunks.Length - 1, chunks[^1].Statistics!.GeneratedTokens);
        }
    }

    [Fact]
    public async Task NorInABatchOrWithAKeptPrompt()
    {
        using LanguageModel model = new TinyModel().Open(_device);
        using var engine = new BatchEngine(model, new BatchOptions { MaxSequences = 2, CachePositions = 96 });
        var text = new System.Text.StringBuilder();
        GenerationChunk last = default;
        await foreach (GenerationChunk chunk in engine.GenerateAsync(Prompt(model), Chosen(model, [], 0), TestContext.Current.CancellationToken))
        {
            text.Append(chunk.Text);
            last = chunk;
        }

        Assert.Equal(("abcabc", FinishReason.Stop), (text.ToString(), last.FinishReason));
        using var cache = new PromptCache(model);
        for (int i = 0; i < 2; i++)
        {
            GenerationChunk[] chunks = [.. new TextGenerator(model).Generate(Prompt(model), Chosen(model, [], 0) with { PromptCache = cache }, TestContext.Current.CancellationToken)];
            Assert.Equal("abcabc", string.Concat(chunks.Select(chunk => chunk.Text)));
        }
    }

    public static TheoryData<TextSearchOptions> Searches =>
    [
        new TextSearchOptions { Beams = 3 },
        new TextSearchOptions { Beams = 4, BeamGroups = 2, DiversityPenalty = 0.5 },
        new TextSearchOptions { Beams = 2, BeamSample = true },
        new TextSearchOptions { Beams = 2, CoveragePenalty = 0.2 },
        new TextSearchOptions { StochasticBeams = 2 },
        new TextSearchOptions { Contrastive = 3 },
        new TextSearchOptions { BestOf = 1 },
        new TextSearchOptions { Ban = ["x"] },
        new TextSearchOptions { Beams = 4, Include = [[TinyPieces.B]] },
    ];

    [Theory]
    [MemberData(nameof(Searches))]
    public void SearchesFindTheCompleteText(TextSearchOptions search)
    {
        using LanguageModel model = new TinyModel().Open(_device);
        Grammar grammar = Grammar.FromRegex("a(b|c)?bc");
        GenerationOptions options = Constrained(model, grammar, [], 0) with { MaxTokens = 12 };
        IReadOnlyList<Hypothesis> found = TextSearch.Run(model, Prompt(model), options, search, TestContext.Current.CancellationToken);
        Assert.NotEmpty(found);
        Assert.All(found, each =>
        {
            Assert.True(each.IsFinished);
            Assert.Matches("^a(b|c)?bc$", model.Tokenizer.Decode([.. each.Tokens], atTextStart: false));
            Assert.InRange(each.LogProbability, -100, 0);
        });
    }

    // The vocabulary has no token for these characters: each of their bytes is one, and the stop text is found across them, or not where only a byte is the same.
    [Theory]
    [InlineData("aéb", "é", "a")]
    [InlineData("aéb", "éb", "a")]
    [InlineData("aéb", "aé", "")]
    [InlineData("aéb", "©", "aéb")]
    [InlineData("a🙂b🙃c", "🙃", "a🙂b")]
    [InlineData("a🙂b🙃c", "b🙃", "a🙂")]
    [InlineData("a🙂b🙃c", "🙂c", "a🙂b🙃c")]
    [InlineData("日本語", "本", "日")]
    [InlineData("日本語", "本日", "日本語")]
    public void StopTextsAreFoundAcrossTheBytesOfCharacters(string whole, string stop, string expected)
    {
        using LanguageModel model = new TinyModel().Open(_device);
        GenerationOptions options = Constrained(model, Grammar.FromChoices([whole]), [], 0) with { StopStrings = [stop], MaxTokens = 40 };
        GenerationChunk[] chunks = [.. new TextGenerator(model).Generate(Prompt(model), options, TestContext.Current.CancellationToken)];
        Assert.Equal(expected, string.Concat(chunks.Select(chunk => chunk.Text)));
        Assert.Equal(FinishReason.Stop, chunks[^1].FinishReason);
        Assert.All(chunks, chunk => Assert.DoesNotContain('\uFFFD', chunk.Text));
        Assert.True(chunks.Length - 1 > expected.Length, "Every byte was a token of its own.");
    }

    private static int[] Prompt(LanguageModel model) => model.Tokenizer.Encode("the ab", addBos: true);

    private static GenerationOptions Chosen(LanguageModel model, int[] stops, float temperature) => Constrained(model, Grammar.FromChoices(["abcabc"]), stops, temperature);

    private static GenerationOptions Constrained(LanguageModel model, Grammar grammar, int[] stops, float temperature) => new()
    {
        StopTokens = stops,
        MaxTokens = 30,
        Decoding = new DecodingOptions { Temperature = temperature, Seed = 1, Processors = [new GrammarConstraint(grammar.For(TokenTrie.Create(model.Tokenizer)), stops)] },
    };

    private static class TinyPieces
    {
        public const int B = Tokenizers.TestVocabulary.FirstPiece + 2;
    }
}
