using KernelFoundry.Testing;
using KernelFoundry.Training.Configuration;
using KernelFoundry.Training.Data;
using KernelFoundry.Training.Schedules;

namespace KernelFoundry.Training.Tests;

public sealed class TrainerTests
{
    [Theory]
    [InlineData(TrainingPrecision.Single)]
    [InlineData(TrainingPrecision.BFloat16)]
    public void TwoHundredStepsLearnTheCorpusSentences(TrainingPrecision precision)
    {
        using Device device = Tiny.Cpu();
        TrainingOptions options = Tiny.Options with
        {
            Model = Tiny.Options.Model! with { EmbeddingLength = 64, FeedForwardLength = 128, ContextLength = 256 },
            Steps = 200,
            Batch = new BatchOptions { Tokens = 512 },
            Schedule = new CosineSchedule { Peak = 6e-3, Final = 3e-4, WarmUpSteps = 10, Steps = 200 },
            Precision = precision,
        };
        using Trainer trainer = Tiny.Train(device, options, 200);

        // Nothing is known at first: an even guess among all tokens, give or take what small weights say.
        Assert.InRange(trainer.Steps[0].Loss, Math.Log(Tiny.Tokenizer.VocabularySize) - 0.15, Math.Log(Tiny.Tokenizer.VocabularySize) + 0.15);

        // Whoever learns only how often each token comes ends at the entropy of these frequencies. Half a nat below, tokens are 1.6 times as likely as that.
        (double frequencies, double heldOutFrequencies) = FrequencyLosses();
        double loss = trainer.Steps.TakeLast(20).Average(step => step.Loss), heldOut = trainer.MeasureLoss(Tiny.HeldOut);
        Assert.True(loss < frequencies - 0.5, $"{loss}, by frequencies {frequencies}");
        Assert.True(heldOut < heldOutFrequencies - 0.5, $"{heldOut}, by frequencies {heldOutFrequencies}");
    }

    // The losses of learning frequencies alone: in the documents themselves, which no such model is below, and in those held out, every token counted once more.
    private static (double Documents, double HeldOut) FrequencyLosses()
    {
        double[] counts = new double[Tiny.Tokenizer.VocabularySize];
        foreach (int token in Labels(Tiny.Documents))
            counts[token]++;
        double total = counts.Sum(), entropy = -counts.Where(count => count > 0).Sum(count => count / total * Math.Log(count / total));
        return (entropy, -Labels(Tiny.HeldOut).Average(token => Math.Log((counts[token] + 1) / (total + counts.Length))));

        static IEnumerable<int> Labels(TokenizedDocuments documents) => Enumerable.Range(0, documents.Count).SelectMany(i => documents[i][1..].ToArray());
    }

    [Theory]
    [InlineData(TrainingPrecision.Single)]
    [InlineData(TrainingPrecision.BFloat16)]
    public void AnyNumberOfThreadsGivesTheSameBits(TrainingPrecision precision)
    {
        TrainingOptions options = Tiny.Options with { Precision = precision };
        using Device one = Tiny.Cpu(1), three = Tiny.Cpu(3);
        using Trainer first = Tiny.Train(one, options, 4), second = Tiny.Train(three, options, 4);

        Assert.Equal(first.Steps, second.Steps);
        Assert.Equal(first.Engine.Weights(), second.Engine.Weights());
    }

    [Fact]
    public void AStepAllocatesNothing()
    {
        using Device device = Tiny.Cpu(1);
        using Trainer trainer = Tiny.Train(device, Tiny.Options with { Steps = 100 }, 3);
        Assert.Equal(0, Allocations.Least(() => trainer.Learn()));
    }

    [Fact]
    public void PartsOfAStepAddUpToTheStep()
    {
        using Device device = Tiny.Cpu();
        using Trainer whole = Tiny.Train(device, Tiny.Options, 1);
        using Trainer parts = Tiny.Train(device, Tiny.Options with { Batch = new BatchOptions { Tokens = 160, MicroTokens = 40 } }, 1);

        // Documents end at other places, so a few tokens see less of what is before them.
        Assert.Equal(whole.Steps[0].Loss, parts.Steps[0].Loss, 0.05);
        Assert.Equal(whole.Tokens, parts.Tokens);
        Assert.Equal(whole.Steps[0].GradientNorm, parts.Steps[0].GradientNorm, whole.Steps[0].GradientNorm * 0.2);
    }

    [Fact]
    public void ClippingLimitsTheStepAndNothingElse()
    {
        using Device device = Tiny.Cpu();
        TrainingOptions Clip(float norm) => Tiny.Options with { Optimizer = new OptimizerOptions { ClipNorm = norm, Epsilon = 1f, WeightDecay = 0 } };
        using Trainer free = Tiny.Train(device, Clip(0), 1), clipped = Tiny.Train(device, Clip(1e-3f), 1);

        Assert.Equal(free.Steps[0], clipped.Steps[0]);
        using Trainer start = Tiny.Train(device, Clip(0), 0);
        double Change(Trainer trainer) => Math.Sqrt(trainer.Engine.Weights().Zip(start.Engine.Weights(), (a, b) => ((double)a - b) * (a - b)).Sum());
        Assert.True(free.Steps[0].GradientNorm > 0.1);
        Assert.InRange(Change(clipped) / Change(free), 0, 0.02);
    }

    [Fact]
    public void ATrainingThatDivergesSaysSo()
    {
        using Device device = Tiny.Cpu();
        using Trainer trainer = Trainer.Create(device, Tiny.Options with { Schedule = new ConstantSchedule { Peak = 1e30 } }, Tiny.Documents, Tiny.Tokenizer);

        var error = Assert.Throws<InvalidOperationException>(() =>
        {
            for (int i = 0; i < 5; i++)
                trainer.Learn();
        });
        Assert.Contains("diverged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelIsNeededOrGivenNotBoth()
    {
        using Device device = Tiny.Cpu();

        Assert.Equal("model", Assert.Throws<TrainingOptionsException>(
            () => Trainer.Create(device, Tiny.Options with { Model = null }, Tiny.Documents, Tiny.Tokenizer)).Field);
        Assert.Equal("lora", Assert.Throws<TrainingOptionsException>(
            () => Trainer.Create(device, Tiny.Options with { Lora = new LoraOptions() }, Tiny.Documents, Tiny.Tokenizer)).Field);
    }
}
