using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Decoding;

/// <summary>Probabilities handed out, against the logits they come from.</summary>
public sealed class LogProbabilityTests : IDisposable
{
    private static readonly int[] s_prompt = [1, 260, 262, 265, 261];
    private readonly Device _device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 1 });

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(0f)]
    [InlineData(1.3f)]
    public void StepsTellWhatTheTokenWasChosenAmong(float temperature)
    {
        using LanguageModel model = new TinyModel().Open(_device);
        int vocabulary = model.Configuration.VocabularySize;
        var tokens = new List<int>(s_prompt);
        var options = new GenerationOptions
        {
            MaxTokens = 8,
            StopTokens = [],
            LogProbabilities = 5,
            Pipeline = new DecodingOptions { Temperature = temperature, TopK = 3, RepetitionPenalty = 1.2f, Seed = 2 }.ToPipeline(),
        };
        foreach (GenerationChunk chunk in new TextGenerator(model).Generate(s_prompt, options).Where(each => each.Token is not null))
        {
            float[] logits = Logits(model, tokens);
            double[] before = LogSoftmax(logits);
            StepLogProbabilities step = chunk.LogProbabilities!;
            int token = chunk.Token!.Value;
            Assert.Equal(before[token], step.Model.LogProbability, 1e-4);
            Assert.Equal(before.Count(each => each > before[token]), step.Model.Rank);
            Assert.Equal(-before.Sum(each => Math.Exp(each) * each), step.Model.Entropy, 1e-4);
            int[] top = [.. Enumerable.Range(0, vocabulary).OrderByDescending(id => before[id]).ThenBy(id => id).Take(5)];
            Assert.Equal(top, step.TopBefore.Select(each => each.Token));
            Assert.All(step.TopBefore, each => Assert.Equal(before[each.Token], each.LogProbability, 1e-4));

            for (int id = 0; id < vocabulary; id++)
                logits[id] = tokens.Contains(id) ? (logits[id] > 0 ? logits[id] / 1.2f : logits[id] * 1.2f) : logits[id];
            int[] kept = [.. Enumerable.Range(0, vocabulary).OrderByDescending(id => logits[id]).Take(temperature == 0 ? 1 : 3)];
            double[] after = LogSoftmax([.. kept.Select(id => logits[id] / (temperature == 0 ? 1 : temperature))]);
            Assert.Equal(kept, step.TopAfter.Select(each => each.Token));
            Assert.All(step.TopAfter.Zip(after), pair => Assert.Equal(pair.Second, pair.First.LogProbability, 1e-4));
            Assert.Equal(after[Array.IndexOf(kept, token)], step.LogProbabilityAfter, 1e-4);
            tokens.Add(token);
        }
    }

    [Fact]
    public void PromptsAreMeasuredTokenByToken()
    {
        using LanguageModel model = new TinyModel().Open(_device);
        int[] tokens = [1, .. Enumerable.Range(0, 40).Select(i => 3 + (i * 37 % 260))];
        IReadOnlyList<TokenMeasures> found = PromptLogProbabilities.Compute(model, tokens);
        Assert.Equal(tokens.Length - 1, found.Count);
        for (int i = 1; i < tokens.Length; i++)
        {
            double[] expected = LogSoftmax(Logits(model, tokens.Take(i).ToList()));
            Assert.Equal(tokens[i], found[i - 1].Token);
            Assert.Equal(expected[tokens[i]], found[i - 1].LogProbability, 1e-3);
        }
    }

    private float[] Logits(LanguageModel model, List<int> tokens)
    {
        using KvCache cache = model.Transformer.CreateCache(tokens.Count);
        View2<float> logits = _device.Allocate<float>(1, model.Configuration.VocabularySize);
        model.Transformer.Forward([.. tokens], cache, logits);
        float[] result = logits.ToArray();
        logits.Memory!.Dispose();
        return result;
    }

    private static double[] LogSoftmax(float[] logits)
    {
        double total = Math.Log(logits.Sum(x => Math.Exp(x)));
        return [.. logits.Select(x => x - total)];
    }
}
