using System.Text;
using KernelFoundry.Training.Configuration;
using KernelFoundry.Training.Schedules;

namespace KernelFoundry.Training.Tests.Configuration;

public sealed class TrainingOptionsFileTests
{
    [Fact]
    public void OptionsSurviveTheirFile()
    {
        TrainingOptions options = Tiny.Options with
        {
            Precision = TrainingPrecision.BFloat16,
            Loss = LossMethod.Cut,
            Schedule = new SequenceSchedule
            {
                Phases = [new(10, new CosineSchedule { Peak = 1e-3, WarmUpSteps = 1, Steps = 10 }), new(0, new ConstantSchedule { Peak = 2e-3 })],
            },
        };
        string json = TrainingOptionsFile.Format(options, isIndented: true);
        TrainingOptions back = TrainingOptionsFile.Parse(Encoding.UTF8.GetBytes(json));

        Assert.Equal(json, TrainingOptionsFile.Format(back, isIndented: true));
        Assert.Equal(options.Model, back.Model);
        Assert.Equal(2e-3, back.Schedule!.At(500));
        Assert.Contains("\"bf16\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void CommentsAndDefaultsAreAllowed()
    {
        TrainingOptions options = TrainingOptionsFile.Parse("{ // nothing but\n \"steps\": 5, }"u8);

        Assert.Equal(5, options.Steps);
        Assert.Equal(8192, options.Batch.Tokens);
    }

    [Theory]
    [InlineData("{\"stepz\": 5}", "stepz")]
    [InlineData("{\"steps\": \"many\"}", "steps")]
    [InlineData("{\"steps\": 0}", "steps")]
    [InlineData("{\"batch\": {\"tokens\": 1}}", "batch.tokens")]
    [InlineData("{\"batch\": {\"tokens\": 10, \"micro_tokens\": 3}}", "batch.micro_tokens")]
    [InlineData("{\"optimizer\": {\"beta2\": 1}}", "optimizer.beta2")]
    [InlineData("{\"optimizer\": {\"beta3\": 1}}", "optimizer.beta3")]
    [InlineData("{\"precision\": \"f8\"}", "precision")]
    [InlineData("{\"schedule\": {\"kind\": \"linear\"}}", "schedule")]
    [InlineData("{\"schedule\": {\"kind\": \"cosine\", \"steps\": 10, \"peak\": -1}}", "schedule.peak")]
    [InlineData("{\"schedule\": {\"kind\": \"sequence\", \"phases\": []}}", "schedule.phases")]
    [InlineData("{\"lora\": {\"rank\": 0}}", "lora.rank")]
    [InlineData("{\"lora\": {\"targets\": [\"query\", \"head\"]}}", "lora.targets[1]")]
    [InlineData("{\"evaluation\": {\"answer_tokens\": 0}}", "evaluation.answer_tokens")]
    [InlineData("[]", "options")]
    [InlineData("", "options")]
    public void AWrongFieldIsNamed(string json, string field)
    {
        var error = Assert.Throws<TrainingOptionsException>(() => TrainingOptionsFile.Parse(Encoding.UTF8.GetBytes(json)));

        Assert.Contains(field, $"{error.Field} {error.Message}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("heads", 5)]
    [InlineData("key_value_heads", 3)]
    [InlineData("layers", 0)]
    public void AModelThatCannotBeIsRefused(string field, int value)
    {
        ModelShape shape = Tiny.Options.Model!;
        shape = field switch
        {
            "heads" => shape with { Heads = value },
            "key_value_heads" => shape with { KeyValueHeads = value },
            _ => shape with { Layers = value },
        };

        Assert.Equal($"model.{field}", Assert.Throws<TrainingOptionsException>(() => shape.ToConfiguration(100)).Field);
    }
}
