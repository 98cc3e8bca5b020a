using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests;
using ModelLogits = KernelFoundry.Inference.Tests.Models.Logits;

namespace KernelFoundry.EndToEnd.Tests;

/// <summary>A real model against the numbers another implementation got from it.</summary>
public class StoriesTests
{
    public static TheoryData<string> Devices => TestDevices.Names;

    [Theory]
    [InlineData("cpu-1")]
    [InlineData("cpu-2")]
    [InlineData("cpu-3")]
    [InlineData("opencl")]
    public void GreedyTokensAreExactlyTheReferences(string deviceName)
    {
        (int[] prompt, int[] all) = Stories.Greedy();
        using Device device = TestDevices.Open(deviceName);
        using LanguageModel model = LanguageModel.Open(Stories.File("f32"), device);
        var generator = new TextGenerator(model);
        Assert.Equal(prompt, generator.Encode(Stories.Prompt));
        Assert.Equal(all[prompt.Length..], Generate(generator, prompt, all.Length - prompt.Length));

        // From the begin-of-sequence token alone the model tells the same story.
        Assert.Equal(all[1..], Generate(generator, generator.Encode(""), all.Length - 1));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void LogitsAreTheReferences(string deviceName)
    {
        double[][] expected = Stories.Logits();
        int[] tokens = Stories.Greedy().All[..expected.Length];
        using Device device = TestDevices.Open(deviceName);
        if (device.IsReference)
            (expected, tokens) = (expected[..48], tokens[..48]);
        using LanguageModel model = LanguageModel.Open(Stories.File("f32"), device);
        double prefill = ModelLogits.Error(expected, ModelLogits.Run(model, tokens));
        double decode = ModelLogits.Error(expected, ModelLogits.Run(model, tokens, 1));
        TestContext.Current.TestOutputHelper?.WriteLine($"relative error: prefill {prefill:e2}, decode {decode:e2}");
        Assert.InRange(prefill, 0, 1e-4);
        Assert.InRange(decode, 0, 1e-4);
    }

    // What storing the weights in fewer bits costs, as relative error of the logits over all positions and as the rise of the text's mean
    // negative log-likelihood. Bounds are about twice what is measured; a wrong scale, code or nibble order is off by more than the logits'
    // own size.
    [Theory]
    [InlineData("f16", "cpu-2", 5e-4, 1e-4)]
    [InlineData("f16", "opencl", 5e-4, 1e-4)]
    [InlineData("q8_0", "cpu-2", 1.3e-2, 4e-3)]
    [InlineData("q8_0", "opencl", 1.3e-2, 4e-3)]
    [InlineData("q4_0", "cpu-2", 0.18, 0.13)]
    [InlineData("q4_0", "opencl", 0.18, 0.13)]
    public void FewerBitsLoseLittle(string type, string deviceName, double error, double loss)
    {
        double[][] expected = Stories.Logits();
        int[] all = Stories.Greedy().All;
        using Device device = TestDevices.Open(deviceName);
        using LanguageModel model = LanguageModel.Open(Stories.File(type), device);
        float[][] actual = ModelLogits.Run(model, all.AsSpan(0, expected.Length));
        double relative = RelativeError(expected, actual);
        double lost = Likelihood.MeanNegativeLog(actual, all) - Likelihood.MeanNegativeLog(expected, all);
        TestContext.Current.TestOutputHelper?.WriteLine($"relative error {relative:e2}, mean negative log-likelihood {lost:+0.0000;-0.0000}");
        Assert.InRange(relative, 0, error);
        Assert.InRange(lost, -loss, loss);
    }

    [Fact]
    public void ModelsInFewerBitsTellStories()
    {
        using Device device = TestDevices.Open("cpu-2");
        (int[] prompt, int[] all) = Stories.Greedy();
        foreach (string type in new[] { "f16", "q8_0", "q4_0" })
        {
            using LanguageModel model = LanguageModel.Open(Stories.File(type), device);
            int[] tokens = Generate(new TextGenerator(model), prompt, 40);
            Assert.Equal(all.AsSpan(prompt.Length, 10), tokens.AsSpan(0, 10));
        }
    }

    private static int[] Generate(TextGenerator generator, int[] prompt, int count)
    {
        GenerationChunk[] chunks = [.. generator.Generate(prompt, new GenerationOptions { MaxTokens = count })];
        Assert.Equal(FinishReason.Length, chunks[^1].FinishReason);
        return [.. chunks[..^1].Select(c => c.Token!.Value)];
    }

    private static double RelativeError(double[][] expected, float[][] actual)
    {
        double difference = expected.Zip(actual, (e, a) => e.Zip(a, (x, y) => (x - y) * (x - y)).Sum()).Sum();
        return Math.Sqrt(difference / expected.Sum(row => row.Sum(x => x * x)));
    }
}
