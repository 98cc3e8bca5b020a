namespace KernelFoundry.Measurement.Tests;

public sealed class SummaryTests
{
    [Fact]
    public void MedianAndHalfTheQuartilesDistance()
    {
        Assert.Equal(new Summary(7, 0), Summary.Of(7));
        Assert.Equal(new Summary(2, 0.5), Summary.Of(3, 1, 2));
        Assert.Equal(new Summary(2.5, 0.75), Summary.Of(4, 1, 3, 2));
    }

    [Fact]
    public void OneDisturbedRepetitionMovesLittle() => Assert.Equal(new Summary(3, 1), Summary.Of(1, 2, 3, 4, 1000));

    [Fact]
    public void NothingHasNoSummary() => Assert.Throws<ArgumentException>(() => Summary.Of());
}
