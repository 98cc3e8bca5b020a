using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Architectures;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Decoding;

/// <summary>Trees through a transformer, and generation with speculation on one.</summary>
public sealed class TreePassTests : IDisposable
{
    private static readonly int[] s_prompt = [1, 259, 262, 260, 265, 266, 261];
    private readonly Device _device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 2 });

    public void Dispose() => _device.Dispose();

    public static TheoryData<string, CacheElement, string> Models => new()
    {
        { "llama", CacheElement.Float, "cpu-1" },
        { "llama", CacheElement.Half, "cpu-3" },
        { "llama", CacheElement.Q8_0, "cpu-2" },
        { "llama", CacheElement.Float, "opencl" },
        { "window", CacheElement.Float, "cpu-1" },
        { "gemma2", CacheElement.Float, "cpu-2" },
        { "gemma2", CacheElement.Float, "opencl" },
        { "gemma2", CacheElement.Half, "cpu-1" },
        { "gpt-oss", CacheElement.Float, "cpu-2" },
        { "gpt-oss", CacheElement.Float, "opencl" },
        { "deepseek2, V3", CacheElement.Float, "cpu-2" },
    };

    // Each node's logits are those of its path alone, and after a path is kept the sequence goes on as if it had never been a tree.
    [Theory]
    [MemberData(nameof(Models))]
    public void EachNodeSeesItsPathAlone(string name, CacheElement cache, string deviceName)
    {
        using Device device = TestDevices.Open(deviceName);
        using LanguageModel model = Open(name, device, cache);
        int vocabulary = model.Configuration.VocabularySize;
        int[] prompt = [.. s_prompt.Select(token => token % vocabulary)];
        var random = new Random(4);
        for (int run = 0; run < 4; run++)
        {
            var tree = new TokenTree(260);
            while (tree.Count < 14)
                tree.Add(run == 0 ? tree.Count - 1 : random.Next(tree.Count), (259 + random.Next(12)) % vocabulary);
            tree = tree.InDepthFirstOrder(out _);
            using var sequence = new ModelSequence(model, 40);
            sequence.Score(prompt);
            View2<float> logits = sequence.ScoreTree(tree);
            Assert.Equal(prompt.Length, sequence.Length);
            float[] all = logits.ToArray();
            for (int node = 0; node < tree.Count; node++)
                AssertNear(Score(model, [.. prompt, .. Path(tree, node).Select(tree.Token)]), all.AsSpan(node * sequence.Vocabulary, sequence.Vocabulary), cache);

            int[] path = Path(tree, random.Next(tree.Count));
            sequence.CommitPath(path);
            Assert.Equal(prompt.Length + path.Length, sequence.Length);
            AssertNear(Score(model, [.. prompt, .. path.Select(tree.Token), 256]), sequence.Score([256]).ToArray(), cache);
        }
    }

    [Fact]
    public void OnlyPathsOfTheLastTreeAreKept()
    {
        using LanguageModel model = new TinyModel().Open(_device);
        using var sequence = new ModelSequence(model, 12);
        Assert.Throws<InvalidOperationException>(() => sequence.CommitPath([0]));
        sequence.Score(s_prompt);
        var tree = new TokenTree(260);
        int a = tree.Add(0, 261), b = tree.Add(0, 262);
        sequence.ScoreTree(tree);
        Assert.Throws<ArgumentException>(() => sequence.CommitPath([0, b, a]));
        Assert.Throws<ArgumentException>(() => sequence.CommitPath([a]));
        Assert.Throws<ArgumentException>(() => sequence.CommitPath([0, 7]));
        sequence.CommitPath([0, b]);
        Assert.Throws<InvalidOperationException>(() => sequence.CommitPath([0]));
        sequence.ScoreTree(tree);
        sequence.Rollback(3);
        Assert.Throws<InvalidOperationException>(() => sequence.CommitPath([0]));
        var large = new TokenTree(260);
        for (int i = 0; i < 12; i++)
            large.Add(0, 259 + i);
        Assert.Throws<InvalidOperationException>(() => sequence.ScoreTree(large));
        Assert.Equal(3, sequence.Length);
        var unsorted = new TokenTree(260);
        unsorted.Add(0, 261);
        unsorted.Add(0, 262);
        unsorted.Add(1, 263);
        Assert.Throws<ArgumentException>(() => sequence.ScoreTree(unsorted));
    }

    public static TheoryData<string, float> Generations
    {
        get
        {
            var all = new TheoryData<string, float>();
            foreach (string draft in new[] { "lookup", "recycling", "same", "other" })
            {
                all.Add(draft, 0);
                all.Add(draft, 1.1f);
            }

            return all;
        }
    }

    // Exact verification, so that texts can be compared: with grammar, stop tokens, log-probabilities, a prompt cache and the context's end.
    [Theory]
    [MemberData(nameof(Generations))]
    public void GenerationIsTheSameWithSpeculation(string draft, float temperature)
    {
        using LanguageModel model = new TinyModel().Open(_device);
        using LanguageModel other = new TinyModel { Seed = 8, Layers = 1 }.Open(_device);
        var generator = new TextGenerator(model);
        Grammar grammar = Grammar.FromRegex("[abc ]{0,12}");
        var constraint = new GrammarConstraint(grammar.For(TokenTrie.Create(model.Tokenizer)), [2]);
        GenerationOptions[] all =
        [
            new() { MaxTokens = 30, StopTokens = [] },
            new() { MaxTokens = 100, StopTokens = [], LogProbabilities = 2 },
            new() { MaxTokens = 30, StopTokens = [266, 261, 262] },
            new() { MaxTokens = 30, StopStrings = ["ab", "c"] },
        ];
        foreach (GenerationOptions basis in all)
        {
            foreach (LogitsProcessor[] processors in new LogitsProcessor[][] { [], [constraint] })
            {
                GenerationOptions plain = basis with
                {
                    StopTokens = processors.Length > 0 ? [2] : basis.StopTokens,
                    Pipeline = new DecodingOptions { Temperature = temperature, TopK = temperature > 0 ? 20 : 0, Seed = 3, Processors = processors }.ToPipeline([2]),
                };
                GenerationOptions speculative = plain with { Speculation = new SpeculationOptions { Drafts = Drafts(), Verifier = ExactVerifier.Instance } };
                GenerationChunk[] expected = [.. generator.Generate(s_prompt, plain)], found = [.. generator.Generate(s_prompt, speculative)];
                Assert.Equal(expected.Select(each => (each.Token, each.Text, each.FinishReason)), found.Select(each => (each.Token, each.Text, each.FinishReason)));
                foreach ((GenerationChunk one, GenerationChunk two) in expected.Zip(found))
                    Assert.Equal(one.LogProbabilities?.Model.LogProbability ?? 0, two.LogProbabilities?.Model.LogProbability ?? 0, 1e-3);
                Assert.Equal(found[^1].Statistics!.GeneratedTokens, found.Length - 1);
                Assert.NotNull(found[^1].Statistics!.Speculation);
            }
        }

        // The kept keys and values are those of the text, whatever was drafted beside it.
        using var cache = new PromptCache(model);
        GenerationOptions kept = all[0] with { MaxTokens = 9, PromptCache = cache, Speculation = new SpeculationOptions { Drafts = Drafts(), Verifier = ExactVerifier.Instance } };
        int[] tokens = [.. s_prompt, .. Tokens(generator.Generate(s_prompt, kept))];
        Assert.InRange(cache.Length, tokens.Length - 2, tokens.Length);
        Assert.Equal(Tokens(generator.Generate([.. tokens, 263], kept with { PromptCache = null, Speculation = null })), Tokens(generator.Generate([.. tokens, 263], kept)));

        DraftMethod Drafts() => draft switch
        {
            "lookup" => new PromptLookup(Paths: 2),
            "recycling" => new TokenRecycling(),
            "same" => new DraftModel(model) { Branches = [2, 2, 1] },
            _ => new DraftModel(other),
        };
    }

    [Fact]
    public void AModelThatDraftsForItselfIsAlwaysRight()
    {
        using LanguageModel model = new TinyModel().Open(_device);
        foreach (float temperature in new[] { 0, 1f })
        {
            var options = new GenerationOptions
            {
                MaxTokens = 30, StopTokens = [], Temperature = temperature, Seed = 4, Speculation = new SpeculationOptions { Drafts = new DraftModel(model) },
            };
            SpeculationStatistics statistics = new TextGenerator(model).Generate(s_prompt, options).Last().Statistics!.Speculation!;
            Assert.InRange(statistics.AcceptanceRate, 0.99, 1);
            Assert.Equal((30, 6), (statistics.Tokens, statistics.Passes));
        }
    }

    // Of soft caps, sinks and latent keys those of the architectures that have them, whose tests hold tokens one by one to definitions.
    private static LanguageModel Open(string name, Device device, CacheElement cache)
    {
        var options = new ModelOptions { Cache = cache };
        return name switch
        {
            "window" => new TinyModel(new() { Name = "t" }) { HeadDim = 32, RotaryDims = 32, Window = 9 }.Open(device, options),
            "llama" => new TinyModel { HeadDim = 32, RotaryDims = 32 }.Open(device, options),
            _ => LanguageModel.Open(new GgufFile(new DrawnModel(Definitions.All[name]).Build(), name), device, options),
        };
    }

    private static int[] Path(TokenTree tree, int node)
    {
        var path = new List<int>();
        for (int at = node; at >= 0; at = tree.Parent(at))
            path.Insert(0, at);
        return [.. path];
    }

    private static float[] Score(LanguageModel model, int[] tokens)
    {
        using var sequence = new ModelSequence(model, tokens.Length);
        return sequence.Score(tokens).ToArray();
    }

    private static int[] Tokens(IEnumerable<GenerationChunk> chunks) => [.. chunks.Where(each => each.Token is not null).Select(each => each.Token!.Value)];

    // Keys and values rounded to 16 or 8 bits may round otherwise where sums are added in another order.
    private static void AssertNear(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, CacheElement cache)
    {
        float most = cache switch { CacheElement.Float => 1e-4f, CacheElement.Half => 3e-3f, _ => 0.05f };
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(found[i], expected[i] - most, expected[i] + most);
    }
}
