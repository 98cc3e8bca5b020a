using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Decoding;

/// <summary>Pipelines from logits to tokens.</summary>
public sealed class PipelineTests : IDisposable
{
    private static readonly int[] s_prompt = [1];
    private readonly Device _device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 2 });

    public void Dispose() => _device.Dispose();

    // The stages' types: nothing that takes logits can follow probabilities, nothing that takes probabilities can come before.
    [Fact]
    public void AnIllegalOrderDoesNotCompile()
    {
        Assert.DoesNotContain(typeof(ProbabilitiesStage).GetMethods(), method => method.GetParameters().Any(each => each.ParameterType == typeof(LogitsProcessor)));
        Assert.DoesNotContain(typeof(LogitsStage).GetMethods(), method => method.GetParameters().Any(each => each.ParameterType == typeof(TruncationStep)));
        Assert.DoesNotContain(typeof(DecodingPipeline).GetMethods(), method => method.GetParameters().Any(each => each.ParameterType == typeof(LogitsProcessor)));
    }

    // Surprise in bits comes near the target on average, on a fixed distribution.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void MirostatKeepsToItsSurprise(int version)
    {
        const int Vocabulary = 5000, Draws = 600;
        var random = new Random(3);
        float[] logits = [.. Enumerable.Range(1, Vocabulary).Select(rank => (float)(-1.1 * Math.Log(rank)))];
        double total = Math.Log(logits.Sum(x => Math.Exp(x)));
        foreach (float target in new[] { 3f, 5f })
        {
            DecodingPipeline pipeline = new DecodingOptions { Temperature = 1, Mirostat = version, MirostatTarget = target, Seed = 8 }.ToPipeline();
            using var sampler = new SequenceSampler(pipeline, _device, Vocabulary);
            View1<float> view = _device.Allocate<float>(Vocabulary);
            double surprise = 0;
            for (int i = 0; i < Draws; i++)
            {
                view.CopyFrom(logits);
                SampledToken drawn = sampler.Next(view, s_prompt, 1);
                surprise += i < 100 ? 0 : (total - logits[drawn.Token]) / Math.Log(2);
            }

            Assert.InRange(surprise / (Draws - 100), target - 0.35, target + 0.35);
            view.Memory!.Dispose();
        }
    }

    [Fact]
    public void GreedyIsTheLargestLogitWithTheLowestId()
    {
        DecodingPipeline pipeline = DecodingPipeline.Logits.With(new BannedTokens([3])).Greedy();
        using var sampler = new SequenceSampler(pipeline, _device, 200);
        float[] logits = new float[200];
        logits[3] = 9;
        logits[150] = logits[90] = 5;
        View1<float> view = _device.Upload<float>(logits);
        SampledToken chosen = sampler.Next(view, s_prompt, 1);
        Assert.Equal((90, 0f), (chosen.Token, chosen.LogProbability));
        Assert.False(chosen.IsBroken);
        view.Memory!.Dispose();
    }

    [Theory]
    [InlineData("cpu-1")]
    [InlineData("cpu-3")]
    [InlineData("opencl")]
    public void ASeedGivesTheSameTextOnEveryDevice(string name)
    {
        int[] Draw(Device device)
        {
            using LanguageModel model = new TinyModel().Open(device);
            var options = new GenerationOptions
            {
                MaxTokens = 20,
                StopTokens = [],
                Pipeline = new DecodingOptions { Temperature = 1.2f, TopK = 60, TopP = 0.95f, MinP = 0.01f, RepetitionPenalty = 1.1f, Seed = 77 }.ToPipeline(),
            };
            return [.. new TextGenerator(model).Generate([1, 260], options).Where(each => each.Token is not null).Select(each => each.Token!.Value)];
        }

        using Device device = TestDevices.Open(name);
        Assert.Equal(Draw(_device), Draw(device));
    }

    [Fact]
    public void BanningEverythingIsAClearError()
    {
        using LanguageModel model = new TinyModel().Open(_device);
        int vocabulary = model.Configuration.VocabularySize;
        DecodingPipeline pipeline = DecodingPipeline.Logits.With(new Callback(context =>
        {
            for (int token = 0; token < vocabulary; token++)
                context.Ban(token);
        })).ToProbabilities().Cut(new TopP(0.9f)).Draw(1);
        var error = Assert.Throws<InvalidOperationException>(() =>
            new TextGenerator(model).Generate([1], new GenerationOptions { Pipeline = pipeline }).ToArray());
        Assert.Contains("ban every one", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Mirostat")]
    [InlineData("HighTemperature")]
    [InlineData("TopP")]
    [InlineData("Pipeline")]
    public void ContradictionsAreNamed(string name)
    {
        using LanguageModel model = new TinyModel().Open(_device);
        Assert.Contains(name, Assert.ThrowsAny<ArgumentException>(() => name switch
        {
            "Mirostat" => new DecodingOptions { Temperature = 1, Mirostat = 1, TopK = 5 }.ToPipeline(),
            "HighTemperature" => new DecodingOptions { Temperature = 1, HighTemperature = 2, EntropyScale = 1 }.ToPipeline(),
            "TopP" => (object)new DecodingOptions { Temperature = 1, TopP = 1.5f }.ToPipeline(),
            _ => new TextGenerator(model).Generate([1], new GenerationOptions { Temperature = 1, Pipeline = DecodingPipeline.Logits.Greedy() }),
        }).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => DecodingPipeline.Logits.ToProbabilities().Cut(new Mirostat2(5, 0.1f)).Cut(new TopK(1)).Draw());
    }
}
