using System.Text.Json;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Tests.Decoding;

/// <summary>Sampling, speculation and structured output on the distributions of a trained model, foundry-3m, with foundry-0.3m as its draft.</summary>
public sealed class RealDistributionTests : IDisposable
{
    private const int Few = 12;
    private readonly Device _device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu });
    private readonly LanguageModel _model;
    private readonly LanguageModel _draft;

    public RealDistributionTests()
    {
        _model = LanguageModel.Open(FoundryFiles.Require("foundry-3m-Q8_0.gguf"), _device);
        _draft = LanguageModel.Open(FoundryFiles.Require("foundry-0.3m-Q8_0.gguf"), _device);
    }

    public void Dispose()
    {
        _draft.Dispose();
        _model.Dispose();
        _device.Dispose();
    }

    // After these words many names and things may come: dozens of tokens of some probability, and thousands of next to none.
    [Theory]
    [InlineData("temperature")]
    [InlineData("top-k")]
    [InlineData("top-p")]
    [InlineData("min-p")]
    [InlineData("typical")]
    public void DrawsFollowTheModel(string chain)
    {
        int[] prompt = new TextGenerator(_model).Encode("Once there lived a clever girl named");
        float[] scores = Scores(_model, prompt, 1)[0];
        double[] all = Softmax(scores, 1.1), wanted = Narrow(all, chain);
        DecodingPipeline pipeline = Pipeline(chain);
        using var sampler = new SequenceSampler(pipeline, _device, scores.Length);
        View1<float> logits = _device.Allocate<float>(scores.Length);
        var found = new ChiSquare(scores.Length);
        while (found.Count < 20_000)
        {
            logits.CopyFrom(scores);
            found.Add(0, sampler.Next(logits, prompt, prompt.Length).Token, () => wanted);
        }

        logits.Memory!.Dispose();
        Assert.InRange(wanted.Count(p => p > 0.001), 8, 400);
        Assert.True(Math.Abs(found.Deviate()) < 4.75, $"{found.Deviate():F1} standard deviations");
    }

    [Fact]
    public void SpeculationWritesTheSameGreedyText()
    {
        var generator = new TextGenerator(_model);
        int[] prompt = generator.Encode("One day, a curious boy");
        int[] plain = Tokens(generator, prompt, new GenerationOptions { MaxTokens = 300 });
        foreach (IReadOnlyList<int> branches in new[] { new[] { 1, 1, 1, 1 }, [2, 2, 1] })
        {
            var options = new GenerationOptions
            {
                MaxTokens = 300,
                Speculation = new SpeculationOptions { Drafts = new DraftModel(_draft) { Branches = branches } },
            };
            Assert.Equal(plain, Tokens(generator, prompt, options));
        }
    }

    // Each context comes once, so what tokens are to the two models is summed up: drawn from the wrong one, or with a bias to what was drafted,
    // the draft's favourites would come more often than the model says. Each is a sum of trials whose means and variances are known.
    [Theory]
    [InlineData("rejection")]
    [InlineData("selection")]
    public void SpeculationKeepsTheModelsDistribution(string verifier)
    {
        (double[] off, double accepted) = Deviations(verifier == "rejection" ? RejectionVerifier.Instance : SequentialSelectionVerifier.Instance);
        Assert.All(off, each => Assert.InRange(each, -4.5, 4.5));
        Assert.True(accepted > 1, $"{accepted:F2} drafts accepted a pass");
    }

    // The test can fail: in as many texts, mistakes that verifiers can make are found.
    [Theory]
    [InlineData("forgets what it rejected")]
    [InlineData("takes drafts for certain")]
    [InlineData("accepts what is possible")]
    public void AWrongVerifierShows(string mistake)
    {
        (double[] off, _) = Deviations(new WrongVerifier(mistake));
        Assert.Contains(off, each => each > 4.5);
    }

    // How far sums over the tokens are from what the target says, in standard deviations, and drafts accepted a pass.
    private (double[] Off, double Accepted) Deviations(IVerifier kind)
    {
        const int Texts = 24, Length = 250;
        var generator = new TextGenerator(_model);
        int[] prompt = generator.Encode("Once there lived");

        // What of a token is summed up, by its probability to the target and to the draft: whether it is the draft's favourite, whether the draft likes it more than the
        // target does, how often a draft of it is accepted, and how probable the draft holds it. The last two tell best of any sums a verifier that draws again what it
        // has rejected, and one that leaves out the draft's probability.
        Func<double, double, bool, double>[] kinds = [(_, _, isFavourite) => isFavourite ? 1 : 0, (p, q, _) => q > p ? 1 : 0, (p, q, _) => Math.Min(1, q / p), (_, q, _) => q];
        double[] sums = new double[kinds.Length], variances = new double[kinds.Length];
        double drafted = 0, passes = 0;
        for (uint seed = 0; seed < Texts; seed++)
        {
            var options = new GenerationOptions
            {
                MaxTokens = Length,
                StopTokens = [],
                Pipeline = DecodingPipeline.Logits.With(new Temperature(1.2f)).ToProbabilities().Draw(seed),
                Speculation = new SpeculationOptions { Drafts = new DraftModel(_draft) { Branches = [2, 1, 1] }, Verifier = kind },
            };
            GenerationChunk[] chunks = [.. generator.Generate(prompt, options, TestContext.Current.CancellationToken)];
            int[] text = [.. prompt, .. chunks.Where(chunk => chunk.Token is not null).Select(chunk => chunk.Token!.Value)];
            SpeculationStatistics speculation = chunks[^1].Statistics!.Speculation!;
            (drafted, passes) = (drafted + speculation.Accepted, passes + speculation.Passes);
            float[][] target = Scores(_model, text, text.Length - prompt.Length + 1), draft = Scores(_draft, text, text.Length - prompt.Length + 1);
            for (int i = prompt.Length; i < text.Length; i++)
            {
                double[] p = Softmax(target[i - prompt.Length], 1.2), q = Softmax(draft[i - prompt.Length], 1.2);
                int best = Array.IndexOf(q, q.Max());
                for (int k = 0; k < kinds.Length; k++)
                {
                    double mean = 0, square = 0;
                    for (int token = 0; token < p.Length; token++)
                    {
                        double value = p[token] > 0 ? kinds[k](p[token], q[token], token == best) : 0;
                        mean += p[token] * value;
                        square += p[token] * value * value;
                    }

                    sums[k] += kinds[k](p[text[i]], q[text[i]], text[i] == best) - mean;
                    variances[k] += square - (mean * mean);
                }
            }
        }

        double[] off = [.. sums.Zip(variances, (sum, variance) => sum / Math.Sqrt(variance))];
        TestContext.Current.TestOutputHelper?.WriteLine($"{string.Join(", ", off.Select(each => $"{each:F2}"))} standard deviations; {drafted / passes:F2} drafts accepted a pass");
        return (off, drafted / passes);
    }

    // Contrastive search on a trained model, its states those before the output matrix; without a penalty it is greedy decoding.
    [Fact]
    public void ContrastiveSearchGoesWithAModel()
    {
        var generator = new TextGenerator(_model);
        int[] prompt = generator.Encode("Once there lived");
        using var sequence = new HiddenModelSequence(_model, 80);
        int[] plain = Tokens(generator, prompt, new GenerationOptions { MaxTokens = 40, StopTokens = [] });
        Assert.Equal(plain, Search(0));
        int[] contrastive = Search(0.6);
        Assert.NotEqual(plain, contrastive);
        Assert.Equal(contrastive, Search(0.6));
        Assert.Equal(0, sequence.Length);

        // The states are those that hooks see behind the last layer, normalized: they unembed to the same logits.
        float[] logits = sequence.Score(prompt).ToArray(), expected = Scores(_model, prompt, 1)[0], states = new float[prompt.Length * sequence.HiddenSize];
        Assert.All(logits.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-3f));
        sequence.ReadHidden(states);
        Assert.DoesNotContain(states, float.IsNaN);

        int[] Search(double penalty) => [.. ContrastiveSearch.Run(sequence, prompt, new ContrastiveSearchOptions { Penalty = penalty, MaxTokens = 40 }).Tokens];
    }

    // Guided away from another prompt: logits are (1 + s) x - s other, token by token, the second pass following what was generated and taken back.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GuidanceGoesWithAModel(bool drafts)
    {
        const float Scale = 0.7f;
        var generator = new TextGenerator(_model);
        int[] prompt = generator.Encode("Once there lived"), other = generator.Encode("The dog");
        using var pass = new ModelPass(_model, other, 60);
        var options = new GenerationOptions
        {
            MaxTokens = 30,
            StopTokens = [],
            Pipeline = DecodingPipeline.Logits.With(new Guidance(pass, Scale)).Greedy(),
            Speculation = drafts ? new SpeculationOptions { Drafts = new DraftModel(_draft) } : null,
        };
        int[] found = Tokens(generator, prompt, options);
        float[][] first = Scores(_model, [.. prompt, .. found], found.Length + 1), second = Scores(_model, [.. other, .. found], found.Length + 1);
        for (int i = 0; i < found.Length; i++)
        {
            float[] guided = [.. first[i].Zip(second[i], (x, y) => ((1 + Scale) * x) - (Scale * y))];
            Assert.InRange(guided[found[i]], guided.Max() - 1e-3f, guided.Max());
        }

        Assert.NotEqual(Tokens(generator, prompt, options with { Pipeline = null }), found);
        Assert.Throws<ArgumentException>(() => new ModelPass(_model, [], 60));
        Assert.Throws<ArgumentException>(() => new ModelPass(_model, other, 1));
    }

    // So hot that next to nothing it writes by itself is JSON.
    [Fact]
    public void AHotModelStillKeepsToItsSchema()
    {
        const string Schema = """
            {"type":"object","properties":{"day":{"enum":["Monday","Sunday"]},"low":{"type":"integer","minimum":-20,"maximum":40},"windy":{"type":"boolean"}},
             "required":["day","low","windy"]}
            """;
        var generator = new TextGenerator(_model);
        int[] prompt = _model.Tokenizer.Encode("<|user|>Write this as JSON: On Sunday it is snowy in Birchwood, from 5 to 13 degrees.<|end|><|assistant|>", addBos: true, parseSpecial: true);
        TokenTrie trie = TokenTrie.Create(_model.Tokenizer);
        int free = 0;
        for (uint seed = 0; seed < 20; seed++)
        {
            DecodingPipeline hot = DecodingPipeline.Logits.With(new Temperature(3)).ToProbabilities().Draw(seed);
            free += IsJson(Text(hot)) ? 1 : 0;
            var constraint = new GrammarConstraint(Grammar.FromJsonSchema(Schema).For(trie), [_model.Tokenizer.EosId!.Value]);
            using JsonDocument document = JsonDocument.Parse(Text(DecodingPipeline.Logits.With(constraint).With(new Temperature(3)).ToProbabilities().Draw(seed)));
            Assert.Contains(document.RootElement.GetProperty("day").GetString(), new[] { "Monday", "Sunday" });
            Assert.InRange(document.RootElement.GetProperty("low").GetInt32(), -20, 40);
            Assert.Contains(document.RootElement.GetProperty("windy").ValueKind, new[] { JsonValueKind.True, JsonValueKind.False });
        }

        Assert.InRange(free, 0, 2);

        string Text(DecodingPipeline pipeline) =>
            string.Concat(generator.Generate(prompt, new GenerationOptions { MaxTokens = 120, Pipeline = pipeline }).Select(chunk => chunk.Text));
    }

    private static DecodingPipeline Pipeline(string chain)
    {
        ProbabilitiesStage stage = DecodingPipeline.Logits.With(new Temperature(1.1f)).ToProbabilities();
        return (chain switch
        {
            "top-k" => stage.Cut(new TopK(Few)),
            "top-p" => stage.Cut(new TopP(0.9f)),
            "min-p" => stage.Cut(new MinP(0.02f)),
            "typical" => stage.Cut(new LocallyTypical(0.8f)),
            _ => stage,
        }).Draw(11);
    }

    // The definitions, by sorting.
    private static double[] Narrow(double[] p, string chain)
    {
        double entropy = -p.Where(each => each > 0).Sum(each => each * Math.Log(each));
        int[] order = [.. Enumerable.Range(0, p.Length).OrderByDescending(i => chain == "typical" ? -Math.Abs(-Math.Log(p[i]) - entropy) : p[i])];
        double share = chain == "typical" ? 0.8 : 0.9, sum = 0;
        int count = chain switch
        {
            "top-k" => Few,
            "min-p" => p.Count(each => each >= 0.02 * p.Max()),
            "top-p" or "typical" => order.TakeWhile(i => sum < share && (sum += p[i]) > 0).Count(),
            _ => p.Length,
        };
        var kept = new double[p.Length];
        foreach (int i in order[..count])
            kept[i] = p[i];
        return [.. kept.Select(each => each / kept.Sum())];
    }

    private static double[] Softmax(float[] logits, double temperature)
    {
        double largest = logits.Max();
        double[] weights = [.. logits.Select(x => Math.Exp((x - largest) / temperature))];
        double total = weights.Sum();
        return [.. weights.Select(weight => weight / total)];
    }

    private static float[][] Scores(LanguageModel model, int[] text, int last)
    {
        int vocabulary = model.Configuration.VocabularySize;
        using KvCache cache = model.Transformer.CreateCache(text.Length);
        View2<float> logits = model.Device.Allocate<float>(last, vocabulary);
        model.Transformer.Forward(text, cache, logits);
        float[] all = logits.ToArray();
        logits.Memory!.Dispose();
        return [.. Enumerable.Range(0, last).Select(row => all[(row * vocabulary)..((row + 1) * vocabulary)])];
    }

    private static int[] Tokens(TextGenerator generator, int[] prompt, GenerationOptions options) =>
        [.. generator.Generate(prompt, options, TestContext.Current.CancellationToken).Where(chunk => chunk.Token is not null).Select(chunk => chunk.Token!.Value)];

    private static bool IsJson(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
