using System.Text.Json;
using KernelFoundry.Corpus;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Training.Data;
using KernelFoundry.Training.Evaluation;

namespace KernelFoundry.Training.Tests;

/// <summary>The models in the repository can do what their card says, on questions and texts of the test split, none of which is in their data.</summary>
public sealed class FoundryTests
{
    private const int Questions = 100, AnswerTokens = 128;
    private const ulong Seed = 1;

    // The least is ten answers below the score on the card: last bits, which differ between vector widths, turn an answer or two. Whoever guesses a number
    // is right once in a hundred times, an object's place once in twenty, a record never.
    [Theory]
    [InlineData("foundry-0.3m-Q8_0.gguf", "arithmetic", 48)]
    [InlineData("foundry-0.3m-Q8_0.gguf", "json", 31)]
    [InlineData("foundry-0.3m-Q8_0.gguf", "answers", 61)]
    [InlineData("foundry-3m-Q8_0.gguf", "arithmetic", 81)]
    [InlineData("foundry-3m-Q8_0.gguf", "json", 88)]
    [InlineData("foundry-3m-Q8_0.gguf", "answers", 67)]
    public void AnswersAreRightAsOftenAsTheCardSays(string file, string task, int least)
    {
        using Device device = Tiny.Cpu();
        using LanguageModel model = LanguageModel.Open(FoundryFiles.Require(file), device);
        TaskQuestion[] questions = [.. TaskWriter.Draw(Seed, task, Questions).Select(drawn => drawn.Task).Select(
            each => new TaskQuestion { Task = each.Task, Check = each.Check, Prompt = each.Prompt, Expected = each.Expected })];
        TaskScore score = Assert.Single(TaskRunner.Run(model, questions, 0, AnswerTokens, TestContext.Current.CancellationToken));
        TestContext.Current.TestOutputHelper?.WriteLine($"{score.Right} of {score.Questions}");
        Assert.Equal(Questions, score.Questions);
        Assert.True(score.Right >= least, $"{score.Right} of {Questions}");
    }

    [Theory]
    [InlineData("foundry-0.3m-Q8_0.gguf", 90)]
    [InlineData("foundry-3m-Q8_0.gguf", 95)]
    public void RecordsAreJson(string file, int least)
    {
        using Device device = Tiny.Cpu();
        using LanguageModel model = LanguageModel.Open(FoundryFiles.Require(file), device);
        var generator = new TextGenerator(model);
        int valid = TaskWriter.Draw(Seed, "json", Questions).Count(drawn => IsJson(string.Concat(
            generator.Generate(model.Tokenizer.Encode(drawn.Task.Prompt, addBos: true, parseSpecial: true), new GenerationOptions { MaxTokens = AnswerTokens }).Select(chunk => chunk.Text))));
        TestContext.Current.TestOutputHelper?.WriteLine($"{valid} of {Questions}");
        Assert.True(valid >= least, $"{valid} of {Questions}");
    }

    // Fewer bits cost next to nothing: the loss of eight bits is within a hundredth of a nat of sixteen's, and both are far below what the frequencies of tokens
    // alone could reach on these very texts.
    [Theory]
    [InlineData("foundry-0.3m")]
    [InlineData("foundry-3m")]
    public void HeldOutTextsAreFarLikelierThanByFrequencies(string name)
    {
        using Device device = Tiny.Cpu();
        (double loss16, double frequencies) = Losses($"{name}-F16.gguf", device);
        (double loss8, _) = Losses($"{name}-Q8_0.gguf", device);
        TestContext.Current.TestOutputHelper?.WriteLine($"F16 {loss16:F4}, Q8_0 {loss8:F4}, frequencies {frequencies:F4}");
        Assert.InRange(loss8, loss16 - 0.01, loss16 + 0.01);
        Assert.InRange(loss16, 0.1, frequencies / 8);
    }

    private static bool IsJson(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static (double Loss, double Frequencies) Losses(string file, Device device)
    {
        using GgufFile gguf = GgufFile.Open(FoundryFiles.Require(file));
        Tokenizer tokenizer = TokenizerFactory.Create(gguf);
        TokenizedDocuments documents = TokenizedDocuments.FromTexts(
            Enumerable.Range(0, 100).Select(i => DocumentKinds.Draw(Seed, CorpusSplit.Test, i).Text), tokenizer, parseSpecial: true);
        using Trainer trainer = Trainer.Continue(device, Tiny.Options with { Model = null, Batch = new() { Tokens = 2048 } }, documents, gguf);
        var counts = new Dictionary<int, int>();
        for (int i = 0; i < documents.Count; i++)
        {
            foreach (int token in documents[i][1..])
                counts[token] = counts.GetValueOrDefault(token) + 1;
        }

        double total = counts.Values.Sum();
        return (trainer.MeasureLoss(documents), -counts.Values.Sum(count => count / total * Math.Log(count / total)));
    }
}
