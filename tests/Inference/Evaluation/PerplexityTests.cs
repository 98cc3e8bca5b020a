using KernelFoundry.Inference.Evaluation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Evaluation;

public class PerplexityTests
{
    [Theory]
    [InlineData("cpu-1", 8)]
    [InlineData("cpu-2", 11)]
    [InlineData("opencl", 16)]
    [InlineData("cpu-2", 48)]
    public void TheSecondHalfOfEachChunkIsScored(string deviceName, int context)
    {
        var tiny = new TinyModel();
        int[] tokens = [.. Enumerable.Range(0, 100).Select(i => 3 + (i * 31 % 260))];
        var losses = new List<double>();
        for (int chunk = 0; chunk < tokens.Length / context; chunk++)
        {
            // The begin token stands in place of each chunk's first.
            int[] part = [1, .. tokens.AsSpan((chunk * context) + 1, context - 1)];
            double[][] logits = [.. tiny.Oracle().Logits(part)];
            for (int i = context / 2; i < context - 1; i++)
                losses.Add(Math.Log(logits[i].Sum(x => Math.Exp(x - logits[i].Max()))) + logits[i].Max() - logits[i][part[i + 1]]);
        }

        using Device device = TestDevices.Open(deviceName);
        using LanguageModel model = tiny.Open(device);
        PerplexityResult result = Perplexity.Measure(model, tokens, context);
        double mean = losses.Average(), deviation = Math.Sqrt(losses.Average(x => x * x) - (mean * mean));
        Assert.Equal((losses.Count, tokens.Length / context, context), (result.ScoredTokens, result.Chunks, result.Context));
        Assert.Equal(mean, result.NegativeLogLikelihood, 1e-4);
        Assert.Equal(deviation / Math.Sqrt(losses.Count - 1), result.NegativeLogLikelihoodError, 1e-4);
        Assert.Equal(Math.Exp(mean), result.Perplexity, Math.Exp(mean) * 1e-4);
        Assert.Equal(result.Perplexity * result.NegativeLogLikelihoodError, result.PerplexityError, 1e-9);
        Assert.True(result.TokensPerSecond > 0);
    }

    [Fact]
    public void TextsAndContextsThatDoNotFitAreRefused()
    {
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel model = new TinyModel().Open(device);
        var error = Assert.Throws<ArgumentException>(() => Perplexity.Measure(model, new int[10], 11));
        Assert.Contains("10 tokens", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Perplexity.Measure(model, new int[100], 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Perplexity.Measure(model, new int[100], 49));
    }
}
