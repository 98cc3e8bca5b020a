using KernelFoundry.Training.Evaluation;

namespace KernelFoundry.Training.Tests.Evaluation;

public sealed class TaskTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    [Theory]
    [InlineData("exact", "Mia has it.", " Mia has it. ", true)]
    [InlineData("exact", "Mia has it.", "Mia has it", false)]
    [InlineData("last-number", "42", "40 + 2 = 42.", true)]
    [InlineData("last-number", "42", "42 is not 43", false)]
    [InlineData("last-number", "42", "none", false)]
    [InlineData("json", "{\"a\": 1, \"b\": [true]}", "{\"b\":[true],\"a\":1}", true)]
    [InlineData("json", "{\"a\": 1}", "{\"a\": 1", false)]
    [InlineData("json", "{\"a\": 1}", "{\"a\": 2}", false)]
    public void AnswersAreJudged(string check, string expected, string answer, bool isRight) =>
        Assert.Equal(isRight, AnswerChecks.IsRight(new TaskQuestion { Task = "t", Check = check, Prompt = "p", Expected = expected }, answer));

    [Theory]
    [InlineData("{\"task\": \"t\", \"check\": \"maybe\", \"prompt\": \"p\", \"expected\": \"e\"}", "must be one of")]
    [InlineData("{\"task\": \"t\", \"check\": \"exact\", \"prompt\": \"p\"}", "expected")]
    [InlineData("{\"task\": \"t\", \"check\": \"exact\", \"prompt\": \"\", \"expected\": \"e\"}", "empty prompt")]
    [InlineData("null", "null")]
    [InlineData("{", "JSON")]
    public void AWrongLineIsNamed(string line, string problem)
    {
        File.WriteAllText(_file, $"\n{line}\n");

        var error = Assert.Throws<TrainingDataException>(() => TaskFile.Read(_file));
        Assert.Equal(2, error.Line);
        Assert.Contains(problem, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void QuestionsAreAskedAndScored()
    {
        using Device device = Tiny.Cpu();
        using Trainer trainer = Tiny.Train(device, Tiny.Options, 1);
        using var model = trainer.OpenModel();
        TaskQuestion[] questions =
        [
            new() { Task = "a", Check = "json", Prompt = "x", Expected = "{}" }, new() { Task = "b", Check = "exact", Prompt = "y", Expected = "no model says this" },
            new() { Task = "b", Check = "exact", Prompt = string.Concat(Enumerable.Repeat("too long for the context ", 50)), Expected = "" },
        ];

        Assert.Equal([new TaskScore("a", 0, 1), new TaskScore("b", 0, 2)], TaskRunner.Run(model, questions, 0, 4));
        Assert.Equal(1, TaskRunner.Run(model, questions, 1, 4)[1].Questions);
    }

    public void Dispose() => File.Delete(_file);
}
