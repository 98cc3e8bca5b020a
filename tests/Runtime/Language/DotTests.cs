using static KernelFoundry.Ops;

namespace KernelFoundry.Tests;

public class DotTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 33)]
    [InlineData(7, 2, 64)]
    [InlineData(2, 3, 0)]
    public void Matrix_products_agree_with_double_loops(int m, int n, int k)
    {
        var random = new Random((m * 100) + n);
        float[,] a = Draw(random, m, k), b = Draw(random, k, n), acc = Draw(random, m, n);
        Tile<float> product = Dot(Tile.Of(a), Tile.Of(b));
        Tile<float> added = Dot(Tile.Of(a), Tile.Of(b), Tile.Of(acc));
        for (int i = 0; i < m; i++)
        {
            Tile<float> row = Dot(Tile.Of(a), Tile.Of<float>([.. Enumerable.Range(0, k).Select(l => b[l, 0])]));
            Assert.Equal((1, m), (row.Rank, row.Extent0));
            Assert.Equal(product[i, 0], row[i]);
            for (int j = 0; j < n; j++)
            {
                double expected = 0, size = 1e-30;
                for (int l = 0; l < k; l++)
                {
                    expected += (double)a[i, l] * b[l, j];
                    size += Math.Abs((double)a[i, l] * b[l, j]);
                }

                Assert.InRange(Math.Abs(product[i, j] - expected), 0, size * 1e-6);
                Assert.Equal(acc[i, j] + product[i, j], added[i, j]);
            }
        }
    }

    [Fact]
    public void Inner_products_use_fused_stripes()
    {
        var random = new Random(5);
        float[] a = [.. Enumerable.Range(0, 45).Select(_ => random.NextSingle())], b = [.. Enumerable.Range(0, 45).Select(_ => random.NextSingle())];
        var p = new float[16];
        for (int i = 0; i < a.Length; i++)
            p[i % 16] = MathF.FusedMultiplyAdd(a[i], b[i], p[i % 16]);
        for (int distance = 8; distance > 0; distance /= 2)
        {
            for (int j = 0; j < distance; j++)
                p[j] += p[j + distance];
        }

        Assert.Equal(p[0], Inner(Tile.Of<float>(a), Tile.Of<float>(b)));
    }

    [Fact]
    public void Byte_products_are_exact()
    {
        sbyte[] a = [.. Enumerable.Repeat((sbyte)-128, 1000)], b = [.. Enumerable.Repeat((sbyte)-128, 1000)];
        Assert.Equal(16384000, Inner(Tile.Of<sbyte>(a), Tile.Of<sbyte>(b)));
        Tile<int> product = Dot(Tile.Of(new sbyte[,] { { 1, -2 }, { 127, 127 } }), Tile.Of(new sbyte[,] { { 3, 127 }, { 4, 127 } }));
        Assert.Equal([-5, -127, 889, 32258], product.ToArray());
    }

    [Fact]
    public void Shapes_that_do_not_match_are_errors()
    {
        Assert.Contains("[1, 2] and [3]", Assert.Throws<KernelExecutionException>(() => Dot(Tile.Of(new float[1, 2]), Tile.Of<float>(1, 2, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("use Inner", Assert.Throws<KernelExecutionException>(() => Dot(Tile.Of<float>(1), Tile.Of<float>(1))).Message, StringComparison.Ordinal);
        Assert.Throws<KernelExecutionException>(() => Inner(Tile.Of<float>(1), Tile.Of<float>(1, 2)));
        Assert.Throws<KernelExecutionException>(() => Dot(Tile.Of(new float[1, 1]), Tile.Of(new float[1, 1]), Tile.Of<float>(1)));
    }

    private static float[,] Draw(Random random, int rows, int columns)
    {
        var values = new float[rows, columns];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                values[i, j] = (random.NextSingle() * 2) - 1;
        }

        return values;
    }
}
