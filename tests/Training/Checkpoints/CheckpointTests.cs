using KernelFoundry.Training.Configuration;
using KernelFoundry.Training.Schedules;

namespace KernelFoundry.Training.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kernelfoundry-training-").FullName;
    private readonly Device _device = Tiny.Cpu();

    private string File => Path.Combine(_folder, "checkpoint");

    [Theory]
    [InlineData(TrainingPrecision.Single, 0)]
    [InlineData(TrainingPrecision.BFloat16, 0)]
    [InlineData(TrainingPrecision.Single, 40)]
    public void ATrainingThatWasSavedGoesOnBitByBit(TrainingPrecision precision, int microTokens)
    {
        TrainingOptions options = Tiny.Options with { Precision = precision, Batch = new BatchOptions { Tokens = 160, MicroTokens = microTokens } };
        using Trainer straight = Tiny.Train(_device, options, 9);
        using (Trainer first = Tiny.Train(_device, options, 4))
            first.Save(File);
        using Trainer second = Tiny.Train(_device, options, 0);
        second.Load(File);
        for (int i = 0; i < 5; i++)
            second.Learn();

        Assert.Equal(straight.Steps, second.Steps);
        Assert.Equal(straight.Engine.Weights(), second.Engine.Weights());
        Assert.Equal(straight.Engine.Moments().Second, second.Engine.Moments().Second);
        Assert.Equal(straight.Tokens, second.Tokens);
    }

    [Fact]
    public void ARunGoesOnFromItsCheckpointAndEndsAtItsLimits()
    {
        var run = new TrainingRunOptions { Checkpoint = File, MaxSteps = 5, HeldOut = Tiny.HeldOut };
        using (Trainer first = Tiny.Train(_device, Tiny.Options, 0))
            Assert.False(TrainingRun.Run(first, run));
        using Trainer second = Tiny.Train(_device, Tiny.Options, 0);
        Assert.False(TrainingRun.Run(second, run));
        Assert.Equal(10, second.Step);
        using Trainer third = Tiny.Train(_device, Tiny.Options, 0);
        Assert.True(TrainingRun.Run(third, run));
        Assert.Equal(12, third.Step);
        Assert.Equal(12, Assert.Single(third.Evaluations).Step);
    }

    [Fact]
    public void AnotherTrainingsCheckpointIsRefusedWithWhatDiffers()
    {
        using (Trainer first = Tiny.Train(_device, Tiny.Options, 1))
            first.Save(File);

        Refused(Tiny.Options with { Seed = 9 }, "seed was 3 and is 9");
        Refused(Tiny.Options with { Schedule = new ConstantSchedule { Peak = 1 } }, "schedule was");
        using Trainer other = Tiny.Train(_device, Tiny.Options with { Evaluation = new EvaluationOptions { Every = 7 } }, 0);
        other.Load(File);
    }

    [Fact]
    public void AFileThatIsNoCheckpointIsRefused()
    {
        using Trainer trainer = Tiny.Train(_device, Tiny.Options, 0);
        System.IO.File.WriteAllText(File, "not a checkpoint");
        Assert.Throws<CheckpointException>(() => trainer.Load(File));
        trainer.Export(File);
        Assert.Throws<CheckpointException>(() => trainer.Load(File));
        trainer.Save(File);
        byte[] whole = System.IO.File.ReadAllBytes(File);
        System.IO.File.WriteAllBytes(File, whole[..(whole.Length / 2)]);
        Assert.Throws<CheckpointException>(() => trainer.Load(File));
    }

    public void Dispose()
    {
        _device.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Refused(TrainingOptions options, string reason)
    {
        using Trainer trainer = Tiny.Train(_device, options, 0);
        Assert.Contains(reason, Assert.Throws<CheckpointException>(() => trainer.Load(File)).Message, StringComparison.Ordinal);
    }
}
