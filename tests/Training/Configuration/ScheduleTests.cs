using KernelFoundry.Training.Schedules;

namespace KernelFoundry.Training.Tests.Configuration;

public sealed class ScheduleTests
{
    [Fact]
    public void ACosineWarmsUpAndFallsToItsLast()
    {
        var schedule = new CosineSchedule { Peak = 1, Final = 0.1, WarmUpSteps = 4, Steps = 15 };

        Assert.Equal([0.25, 0.5, 0.75, 1, 1], Enumerable.Range(0, 5).Select(i => schedule.At(i)));
        Assert.Equal(0.55, schedule.At(9), 1e-12);
        Assert.Equal(0.1, schedule.At(14), 1e-12);
        Assert.Equal(0.1, schedule.At(1000), 1e-12);
    }

    [Fact]
    public void AConstantStays()
    {
        var schedule = new ConstantSchedule { Peak = 2, WarmUpSteps = 2 };

        Assert.Equal([1, 2, 2, 2], Enumerable.Range(0, 4).Select(i => schedule.At(i)));
    }

    [Fact]
    public void ASequenceWarmsUpAndDecaysAgain()
    {
        var cosine = new CosineSchedule { Peak = 1, Final = 0, WarmUpSteps = 2, Steps = 6 };
        var schedule = new SequenceSchedule { Phases = [new SchedulePhase(6, cosine), new SchedulePhase(6, cosine with { Peak = 0.5 })] };

        Assert.Equal(0, schedule.At(5), 1e-12);
        Assert.Equal(0.25, schedule.At(6), 1e-12);
        Assert.Equal(0.5, schedule.At(7), 1e-12);
        Assert.Equal(0, schedule.At(11), 1e-12);
        Assert.Equal(0, schedule.At(100), 1e-12);
    }
}
