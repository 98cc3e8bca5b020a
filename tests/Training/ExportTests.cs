using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Training.Checkpoints;
using KernelFoundry.Training.Data;
using KernelFoundry.Training.Evaluation;
using KernelFoundry.Training.Reports;

namespace KernelFoundry.Training.Tests;

public sealed class ExportTests
{
    [Fact]
    public void TheInferenceSideComputesTheSameLossFromTheFile()
    {
        using Device device = Tiny.Cpu();
        using Trainer trainer = Tiny.Train(device, Tiny.Options with { ChatTemplate = "{{ messages }}" }, 8);
        using LanguageModel model = trainer.OpenModel();

        Assert.Equal(trainer.Model with { Architecture = model.Configuration.Architecture }, model.Configuration);
        int[] tokens = Tiny.HeldOut[0][..Math.Min(80, Tiny.HeldOut[0].Length)].ToArray();
        View2<float> logits = device.Allocate<float>(tokens.Length, model.Configuration.VocabularySize);
        using KvCache cache = model.Transformer.CreateCache(tokens.Length);
        model.Transformer.Forward(tokens, cache, logits);
        float[] values = logits.ToArray();
        double sum = 0;
        for (int t = 0; t + 1 < tokens.Length; t++)
        {
            double[] row = [.. values.AsSpan(t * logits.Extent1, logits.Extent1).ToArray().Select(v => (double)v)];
            sum += Math.Log(row.Sum(v => Math.Exp(v))) - row[tokens[t + 1]];
        }

        Assert.Equal(sum / (tokens.Length - 1), trainer.MeasureLoss(TokenizedDocuments.FromTokens([tokens])), 1e-5);
        Assert.Equal(Tiny.Tokenizer.Encode("What is 3 + 4?"), model.Tokenizer.Encode("What is 3 + 4?"));
        logits.Memory!.Dispose();
    }

    [Fact]
    public void TheReportIsOnePageThatLoadsNothing()
    {
        using Device device = Tiny.Cpu();
        using Trainer trainer = Tiny.Train(device, Tiny.Options with { Model = Tiny.Options.Model! with { Name = "a <b>" } }, 3);
        trainer.Record(new EvaluationResult(3, 4.5, [new TaskScore("sums", 1, 2)]));
        string page = HtmlReport.Render(trainer);

        Assert.Contains("a &lt;b&gt;", page, StringComparison.Ordinal);
        Assert.Equal(3, page.Split("<svg").Length - 1);
        Assert.Contains("1 of 2", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    [Fact]
    public void TheTextChartFallsAsTheLossDoes()
    {
        IReadOnlyList<string> lines = TextChart.Draw([.. Enumerable.Range(0, 40).Select(i => new TrainingStep(i + 1, 8 - (i * 0.2), 0, 0))], 10, 4);

        Assert.Equal(4, lines.Count);
        Assert.StartsWith("   7.700 █", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(" ", lines[0], StringComparison.Ordinal);
        Assert.Equal('▁', lines[3][^1]);
    }
}
