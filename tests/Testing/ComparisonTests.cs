namespace KernelFoundry.Testing.Tests;

public sealed class ComparisonTests
{
    private const double NaN = double.NaN, Infinity = double.PositiveInfinity;

    [Fact]
    public void Errors_count_relative_to_the_norm()
    {
        Assert.Null(Compare([3, 4], [3, 4.004], 1e-3));
        Assert.Contains("relative error 0.0008", Compare([3, 4], [3, 4.004], 7e-4), StringComparison.Ordinal);
        Assert.Contains("worst at [1]: expected 4, found 4.004", Compare([3, 4], [3, 4.004], 7e-4), StringComparison.Ordinal);
        Assert.NotNull(Compare([0, 0], [0, 1e-30], 0.5));
        Assert.Null(Compare([0, 0], [0, 0], 0));
        Assert.NotNull(Compare([1, 2], [1, 2.5], 0));
    }

    [Fact]
    public void NaN_and_infinities_stay_where_they_are()
    {
        Assert.Null(Compare([NaN, Infinity, -Infinity, 1], [NaN, Infinity, -Infinity, 1], 0));
        Assert.NotNull(Compare([1, 1], [1, NaN], 1));
        Assert.NotNull(Compare([NaN, 1], [1, 1], 1));
        Assert.NotNull(Compare([Infinity], [-Infinity], 1));
        Assert.NotNull(Compare([Infinity], [1e300], 1));
    }

    [Fact]
    public void Magnitudes_stand_in_for_what_cancelled()
    {
        Assert.NotNull(Compare([1e-6], [2e-6], 1e-5));
        Assert.Null(Compare([1e-6], [2e-6], 1e-5, [1]));
        Assert.NotNull(Compare([1e-6], [2e-6], 1e-7, [1]));
        Assert.NotNull(Compare([100], [101], 1e-5, [1]));
    }

    [Fact]
    public void Numbers_below_the_smallest_normal_have_fewer_digits()
    {
        Assert.NotNull(Comparison.Describe("y", [1], [7.1e-9], [0], 6e-4));
        Assert.Null(Comparison.Describe("y", [1], [7.1e-9], [0], 6e-4, null, 6.1e-5));
        Assert.NotNull(Comparison.Describe("y", [1], [7.1e-8], [0], 6e-4, null, 6.1e-5));
        Assert.NotNull(Comparison.Describe("y", [2], [1, 7.1e-9], [1.001, 0], 6e-4, null, 6.1e-5));
    }

    private static string? Compare(double[] expected, double[] found, double tolerance, double[]? magnitudes = null) =>
        Comparison.Describe("y", [expected.Length], expected, found, tolerance, magnitudes);
}
