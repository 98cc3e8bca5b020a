using FsCheck;
using FsCheck.Fluent;
using static KernelFoundry.Ops;

namespace KernelFoundry.Tests;

public class TileOperatorTests
{
    [Fact]
    public void Float_arithmetic_is_csharps()
    {
        Prop.ForAll<(float, float)[]>(pairs =>
        {
            float[] left = [.. pairs.Select(p => p.Item1)];
            float[] right = [.. pairs.Select(p => p.Item2)];
            Tile<float> a = Tile.Of<float>(left), b = Tile.Of<float>(right);
            Assert.Equal(pairs.Select(p => p.Item1 + p.Item2), (a + b).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 - p.Item2), (a - b).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 * p.Item2), (a * b).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 / p.Item2), (a / b).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 % p.Item2), (a % b).ToArray());
            Assert.Equal(pairs.Select(p => -p.Item1), (-a).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 < p.Item2), (a < b).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 <= p.Item2), (a <= b).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 > p.Item2), (a > b).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 >= p.Item2), (a >= b).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 == p.Item2), (a == b).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 != p.Item2), (a != b).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 - 3), (a - 3).ToArray());
            Assert.Equal(pairs.Select(p => 3 / p.Item1), (3f / a).ToArray());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Int_and_uint_arithmetic_wraps()
    {
        Prop.ForAll<(int, int)[]>(pairs =>
        {
            Tile<int> a = Tile.Of<int>([.. pairs.Select(p => p.Item1)]), b = Tile.Of<int>([.. pairs.Select(p => p.Item2)]);
            Assert.Equal(pairs.Select(p => p.Item1 * p.Item2), (a * b).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 & p.Item2), (a & b).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 | p.Item2), (a | b).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 ^ p.Item2), (a ^ b).ToArray());
            Assert.Equal(pairs.Select(p => ~p.Item1), (~a).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 << p.Item2), (a << b).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 >> p.Item2), (a >> b).ToArray());
            Assert.Equal(pairs.Select(p => (uint)p.Item1 >> p.Item2), (a.ToUInt() >> b.ToUInt()).ToArray());
            Assert.Equal(pairs.Select(p => (uint)p.Item1 < (uint)p.Item2), (a.ToUInt() < b.ToUInt()).ToArray());
            Assert.Equal(pairs.Select(p => (uint)p.Item1 + (uint)p.Item2), (a.ToUInt() + b.ToUInt()).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 / ((p.Item2 * 2) + 1)), (a / ((b * 2) + 1)).ToArray());
            Assert.Equal(pairs.Select(p => p.Item1 % ((p.Item2 * 2) + 1)), (a % ((b * 2) + 1)).ToArray());
        }).QuickCheckThrowOnFailure();

        Assert.Equal([int.MinValue], (Tile.Of<int>(int.MinValue) / -1).ToArray());
        Assert.Equal([0], (Tile.Of<int>(int.MinValue) % -1).ToArray());
        Assert.Equal([int.MinValue], (Tile.Of<int>(int.MaxValue) + 1).ToArray());
    }

    [Fact]
    public void Bools_have_logic_and_nothing_else()
    {
        Tile<bool> a = Tile.Of<bool>(true, true, false, false), b = Tile.Of<bool>(true, false, true, false);
        Assert.Equal([true, false, false, false], (a & b).ToArray());
        Assert.Equal([true, true, true, false], (a | b).ToArray());
        Assert.Equal([false, true, true, false], (a ^ b).ToArray());
        Assert.Equal([false, false, true, true], (!a).ToArray());
        Assert.Contains("Tile<Boolean> has no operator +", Assert.Throws<KernelExecutionException>(() => a + b).Message, StringComparison.Ordinal);
        Assert.Throws<KernelExecutionException>(() => Tile.Of<float>(1) & Tile.Of<float>(1));
        Assert.Throws<KernelExecutionException>(() => -Tile.Of<uint>(1));
    }

    [Fact]
    public void Axes_of_extent_one_broadcast()
    {
        Tile<int> column = Col(Tile.Of<int>(10, 20, 30)), row = Row(Tile.Of<int>(1, 2));
        Tile<int> sum = column + row;
        Assert.Equal((3, 2), (sum.Extent0, sum.Extent1));
        Assert.Equal([11, 12, 21, 22, 31, 32], sum.ToArray());
        Assert.Equal([110, 120, 210, 220, 310, 320], (sum * Full(10, sum).ToInt()).ToArray());
        Assert.Equal([9, 8, 19, 18, 29, 28], (column - row).ToArray());
        Assert.Equal([-9, -8, -19, -18, -29, -28], (row - column).ToArray());
    }

    [Fact]
    public void An_empty_axis_broadcasts_to_nothing()
    {
        Tile<int> sum = Col(Range(0, 0)) + Row(Range(0, 5));
        Assert.Equal((0, 5), (sum.Extent0, sum.Extent1));
        Assert.Empty(sum.ToArray());
    }

    [Fact]
    public void Shapes_that_do_not_match_are_errors()
    {
        string message = Assert.Throws<KernelExecutionException>(() => Range(0, 3) + Range(0, 4)).Message;
        Assert.Contains("[3] and [4]", message, StringComparison.Ordinal);
        Assert.Throws<KernelExecutionException>(() => Range(0, 3) + Range(0, 1));
        Assert.Throws<KernelExecutionException>(() => Range(0, 3) + Row(Range(0, 3)));
        Assert.Throws<KernelExecutionException>(() => Col(Range(0, 3)) + Transpose(Row(Range(0, 2))));
        Assert.Throws<KernelExecutionException>(() => Row(Row(Range(0, 3))));
    }

    [Fact]
    public void Conversions_truncate_and_saturate()
    {
        Tile<float> x = Tile.Of<float>(1.9f, -1.9f, 300, -300, float.NaN, 1e20f, -1e20f);
        Assert.Equal([1, -1, 300, -300, 0, int.MaxValue, int.MinValue], x.ToInt().ToArray());
        Assert.Equal([1u, 0, 300, 0, 0, uint.MaxValue, 0], x.ToUInt().ToArray());
        Assert.Equal(new sbyte[] { 1, -1, 127, -128, 0, 127, -128 }, x.ToSByte().ToArray());
        Assert.Equal(new sbyte[] { 127, -128, 5 }, Tile.Of<int>(128, -129, 5).ToSByte().ToArray());
        Assert.Equal(new sbyte[] { 127 }, Tile.Of<uint>(uint.MaxValue).ToSByte().ToArray());
        Assert.Equal([-1], Tile.Of<uint>(uint.MaxValue).ToInt().ToArray());
        Assert.Equal([4294967296f, 16777216f], Tile.Of<uint>(uint.MaxValue, 16777217).ToFloat().ToArray());
        Assert.Equal([1f, 0f], Tile.Of<bool>(true, false).ToFloat().ToArray());
        Assert.Equal([-5f], Tile.Of<sbyte>(-5).ToFloat().ToArray());
    }

    [Fact]
    public void Tiles_of_other_elements_do_not_exist() =>
        Assert.Contains("float, int, uint, bool or sbyte", Assert.Throws<TypeInitializationException>(() => Tile.Of<double>(1)).InnerException!.Message, StringComparison.Ordinal);

    [Fact]
    public void Ranges_stop_at_their_end()
    {
        Assert.Equal([5, 6, 7], Range(5, 3).ToArray());
        Assert.Equal([8, 9], Range(8, 4, 10).ToArray());
        Assert.Empty(Range(12, 4, 10).ToArray());
        Assert.Throws<KernelExecutionException>(() => Range(0, -1));
        Assert.Equal([0, 1, 1, 2, 715827883], new[] { CeilDiv(0, 3), CeilDiv(1, 3), CeilDiv(3, 3), CeilDiv(4, 3), CeilDiv(int.MaxValue, 3) });
    }

    [Fact]
    public void Shape_operations_move_values()
    {
        Tile<float> t = Tile.Of(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        Assert.Equal([1f, 4, 2, 5, 3, 6], Transpose(t).ToArray());
        Assert.Equal((3, 2), (Transpose(t).Extent0, Transpose(t).Extent1));
        Assert.Equal((2, 3), (Zeros(Range(0, 2), Range(0, 3)).Extent0, Zeros(Range(0, 2), Range(0, 3)).Extent1));
        Assert.Equal([7, 7], FullInt(7, Range(0, 2)).ToArray());
        Assert.Equal([3f, 1f, 3f], Gather(Tile.Of<float>(1, 2, 3), Tile.Of<int>(2, 0, 2)).ToArray());
        string message = Assert.Throws<KernelExecutionException>(() => Gather(Tile.Of<float>(1, 2, 3), Tile.Of<int>(3))).Message;
        Assert.Contains("index 3 is outside a tile of extent 3", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_picks_by_condition()
    {
        Tile<bool> c = Tile.Of<bool>(true, false);
        Assert.Equal([1f, 4f], Where(c, Tile.Of<float>(1, 2), Tile.Of<float>(3, 4)).ToArray());
        Assert.Equal([1f, 0f], Where(c, Tile.Of<float>(1, 2), 0).ToArray());
        Assert.Equal([9f, 4f], Where(c, 9f, Tile.Of<float>(3, 4)).ToArray());
        Assert.Equal([9, 8], Where(c, 9, 8).ToArray());
        Assert.Equal(2, Where(false, 1, 2));
    }
}
