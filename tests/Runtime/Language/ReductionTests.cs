using FsCheck;
using FsCheck.Fluent;
using static KernelFoundry.Ops;

namespace KernelFoundry.Tests;

/// <summary>Reductions against loops that spell out the order the language promises; floats must agree to the last bit.</summary>
public class ReductionTests
{
    [Fact]
    public void Sum_is_sixteen_stripes_then_a_tree()
    {
        Prop.ForAll<NormalFloat[]>(drawn =>
        {
            float[] x = [.. drawn.Select(value => (float)value.Get)];
            Assert.Equal(Striped(x), Sum(Tile.Of<float>(x)));
        }).QuickCheckThrowOnFailure();

        // Lengths around the stripe count, with values whose sum depends on the order.
        var random = new Random(7);
        foreach (int length in new[] { 0, 1, 15, 16, 17, 31, 32, 33, 127, 1000 })
        {
            float[] x = [.. Enumerable.Range(0, length).Select(_ => (float)Math.Exp((random.NextDouble() * 20) - 10))];
            Assert.Equal(Striped(x), Sum(Tile.Of<float>(x)));
        }
    }

    [Fact]
    public void The_order_of_a_sum_is_not_the_plain_one()
    {
        // 2^24 + 1 rounds back to 2^24, so a plain loop loses every 1; striped, they meet the large value only after they were added up.
        float[] x = [1 << 24, .. Enumerable.Repeat(1f, 31)];
        Assert.Equal((1 << 24) + 30f, Sum(Tile.Of<float>(x)));
        Assert.Equal((float)(1 << 24), x.Aggregate((a, b) => a + b));
    }

    [Fact]
    public void Two_axes_reduce_by_rows_by_columns_and_whole()
    {
        var random = new Random(11);
        const int Rows = 5, Columns = 37;
        var x = new float[Rows, Columns];
        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < Columns; j++)
                x[i, j] = (float)Math.Exp((random.NextDouble() * 20) - 10);
        }

        Tile<float> t = Tile.Of(x);
        Assert.Equal(Enumerable.Range(0, Rows).Select(i => Striped([.. Enumerable.Range(0, Columns).Select(j => x[i, j])])), Sum(t, axis: 1).ToArray());
        Assert.Equal(Enumerable.Range(0, Columns).Select(j => Enumerable.Range(0, Rows).Aggregate(0f, (sum, i) => sum + x[i, j])), Sum(t, axis: 0).ToArray());

        var partials = new float[16];
        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < Columns; j++)
                partials[j % 16] += x[i, j];
        }

        Assert.Equal(Tree(partials), Sum(t));
        Assert.Equal(x.Cast<float>().Max(), Max(t));
        Assert.Equal(x.Cast<float>().Min(), Min(t));
    }

    [Fact]
    public void Integer_reductions_are_linqs()
    {
        Prop.ForAll<NonEmptyArray<int>>(drawn =>
        {
            int[] x = drawn.Get;
            Assert.Equal(x.Aggregate((a, b) => a + b), Sum(Tile.Of<int>(x)));
            Assert.Equal(x.Max(), Max(Tile.Of<int>(x)));
            Assert.Equal(x.Min(), Min(Tile.Of<int>(x)));
            Assert.Equal(x.Max(v => (uint)v), Max(Tile.Of<int>(x).ToUInt()));
            Assert.Equal(Array.IndexOf(x, x.Max()), ArgMax(Tile.Of<int>(x)));
            Assert.Equal(Array.IndexOf(x, x.Min()), ArgMin(Tile.Of<int>(x)));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Nan_never_wins()
    {
        Tile<float> t = Tile.Of<float>(float.NaN, 1, float.NaN, 3, 3, -5);
        Assert.Equal(3, Max(t));
        Assert.Equal(-5, Min(t));
        Assert.Equal(3, ArgMax(t));
        Assert.Equal(5, ArgMin(t));
        Assert.Equal(1, ArgMax(Tile.Of<float>(float.NaN, float.NegativeInfinity)));
        Assert.Equal(0, ArgMax(Tile.Of<float>(float.NegativeInfinity, float.NegativeInfinity)));
        Assert.Equal(0, ArgMax(Tile.Of<float>(float.NaN, float.NaN)));
        Assert.Equal(0, ArgMax(Tile.Of<float>()));
        Assert.Equal(float.NegativeInfinity, Max(Tile.Of<float>(float.NaN)));
    }

    [Fact]
    public void Empty_reductions_are_identities()
    {
        Assert.Equal(0, Sum(Tile.Of<float>()));
        Assert.Equal(float.NegativeInfinity, Max(Tile.Of<float>()));
        Assert.Equal(float.PositiveInfinity, Min(Tile.Of<float>()));
        Assert.Equal(int.MinValue, Max(Tile.Of<int>()));
        Assert.Equal([0f, 0f], Sum(Zeros(Range(0, 0), Range(0, 2)), axis: 0).ToArray());
    }

    [Fact]
    public void Scans_run_along_the_last_axis()
    {
        Assert.Equal([1f, 3, 6], CumSum(Tile.Of<float>(1, 2, 3)).ToArray());
        Assert.Equal([1, 3, 3, 7], CumSum(Tile.Of(new[,] { { 1, 2 }, { 3, 4 } })).ToArray());
        Assert.Equal([1f, 1, 5, 5], CumMax(Tile.Of<float>(1, float.NaN, 5, 2)).ToArray());
        Assert.Empty(CumSum(Tile.Of<float>()).ToArray());
    }

    [Fact]
    public void An_axis_that_is_not_there_is_an_error()
    {
        Assert.Contains("takes a tile of two axes", Assert.Throws<KernelExecutionException>(() => Sum(Tile.Of<float>(1), axis: 1)).Message, StringComparison.Ordinal);
        Assert.Throws<KernelExecutionException>(() => Sum(Tile.Of(new float[1, 1]), axis: 2));
        Assert.Throws<KernelExecutionException>(() => ArgMax(Tile.Of(new float[1, 1])));
    }

    private static float Striped(float[] x)
    {
        var partials = new float[16];
        for (int i = 0; i < x.Length; i++)
            partials[i % 16] += x[i];
        return Tree(partials);
    }

    private static float Tree(float[] p) =>
        (((p[0] + p[8]) + (p[4] + p[12])) + ((p[2] + p[10]) + (p[6] + p[14])))
        + (((p[1] + p[9]) + (p[5] + p[13])) + ((p[3] + p[11]) + (p[7] + p[15])));
}
