using static KernelFoundry.Ops;

namespace KernelFoundry.Tests;

public class ViewTests
{
    [Fact]
    public void One_tile_index_gives_one_axis_and_two_their_outer_product()
    {
        View3<float> x = Counting(2, 3, 4);
        Assert.Equal(23, x.Load(1, 2, 3));
        Assert.Equal([20f, 21, 22, 23], x.Load(1, 2, Range(0, 4)).ToArray());
        Assert.Equal([1f, 13], x.Load(Range(0, 2), 0, 1).ToArray());
        Tile<float> outer = x.Load(Range(0, 2), 1, Tile.Of<int>(3, 0, 1));
        Assert.Equal((2, 3), (outer.Extent0, outer.Extent1));
        Assert.Equal([7f, 4, 5, 19, 16, 17], outer.ToArray());
        Assert.Equal([0f, 4, 8, 12, 16, 20], x.Load(Range(0, 2), Range(0, 3), 0).ToArray());
    }

    [Fact]
    public void Two_axis_indices_go_element_by_element()
    {
        View2<float> x = Counting(3, 4);
        Tile<int> rows = Tile.Of(new[,] { { 0, 1 }, { 2, 2 } }), columns = Tile.Of(new[,] { { 3, 2 }, { 1, 0 } });
        Assert.Equal([3f, 6, 9, 8], x.Load(rows, columns).ToArray());
        Assert.Equal([1f, 2, 5, 6], x.Load(Col(Range(0, 2)), Row(Range(1, 2))).ToArray());
        Assert.Equal([0f, 4, 8, 8], x.Load(rows, 0).ToArray());
        Assert.Contains("cannot be mixed", Assert.Throws<KernelExecutionException>(() => x.Load(rows, Range(0, 2))).Message, StringComparison.Ordinal);
        Assert.Contains("at most two", Assert.Throws<KernelExecutionException>(() => Counting(1, 1, 1).Load(Range(0, 1), Range(0, 1), Range(0, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Masks_keep_reads_and_writes_away()
    {
        View1<float> x = Device.Reference.Upload<float>([1, 2, 3]);
        Tile<int> i = Range(0, 5);
        Assert.Equal([1f, 2, 3, 0, 0], x.Load(i, mask: i < 3).ToArray());
        Assert.Equal([1f, 2, 3, -9, -9], x.Load(i, mask: i < 3, other: -9).ToArray());
        x.Store(i, Full(7, i), mask: i == 1);
        Assert.Equal([1f, 7, 3], x.ToArray());
        View2<float> y = Counting(2, 2);
        Assert.Equal([0f, 1, -1, -1], y.Load(Range(0, 2), Range(0, 2), mask: Col(Range(0, 2)) < 1, other: -1).ToArray());
        Assert.Contains("The mask has shape [4], but the indices give shape [5]", Assert.Throws<KernelExecutionException>(() => x.Load(i, mask: Range(0, 4) < 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Out_of_bounds_errors_say_where()
    {
        View2<Half> x = Device.Reference.Allocate<Half>(3, 4);
        string message = Assert.Throws<KernelExecutionException>(() => x.Load(1, Range(2, 3))).Message;
        Assert.Equal("Index 4 is outside axis 1 (extent 4) of a View2<Half> of shape [3, 4].", message);
        Assert.Contains("Index -1 is outside axis 0", Assert.Throws<KernelExecutionException>(() => x.Load(-1, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("Index 3 is outside axis 0", Assert.Throws<KernelExecutionException>(() => x.Store(3, 0, 1f)).Message, StringComparison.Ordinal);
        Assert.Throws<KernelExecutionException>(() => x.Store(Range(0, 4), 0, Zeros(Range(0, 4))));
        Assert.Throws<KernelExecutionException>(() => default(View1<float>).Load(0));
    }

    [Fact]
    public void Stores_write_through_strides()
    {
        View4<float> x = Device.Reference.Allocate<float>(2, 2, 3, 4);
        View4<float> part = x.Slice(2, 1, 2).Slice(3, 1, 2);
        Assert.False(part.IsContiguous);
        part.Store(1, 0, Range(0, 2), Range(0, 2), Tile.Of(new float[,] { { 1, 2 }, { 3, 4 } }));
        Assert.Equal(1, x.Load(1, 0, 1, 1));
        Assert.Equal(4, x.Load(1, 0, 2, 2));
        Assert.Equal(10, x.ToArray().Sum());
        Assert.Equal([0f, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0], part.ToArray());
        Assert.Throws<KernelExecutionException>(() => part.Store(0, 0, Range(0, 2), 0, Tile.Of<float>(1, 2, 3)));
        part.Store(0, 1, Range(0, 2), Range(0, 2), Row(Tile.Of<float>(8, 9)));
        Assert.Equal([8f, 9, 8, 9], part.Load(0, 1, Range(0, 2), Range(0, 2)).ToArray());
    }

    [Fact]
    public void Slices_rows_and_reshapes_share_memory()
    {
        View3<float> x = Counting(4, 3, 2);
        Assert.Equal([6f, 7, 8, 9, 10, 11], x.Row(1).ToArray());
        Assert.Equal([10f, 11], x.Row(1).Row(2).ToArray());
        Assert.Equal([11f], x.Row(1).Row(2).Slice(1, 1).ToArray());
        Assert.Equal([2f, 3, 8, 9, 14, 15, 20, 21], x.Slice(1, 1, 1).ToArray());
        Assert.Equal(23, x.Reshape(2, 12).Load(1, 11));
        Assert.Equal(5, x.Slice(0, 0, 2).Reshape(12).Load(5));
        Assert.True(x.Slice(1, 0, 3).IsContiguous);
        Assert.True(x.Slice(0, 1, 1).Slice(1, 1, 2).IsContiguous);
        Assert.Contains("not contiguous", Assert.Throws<ArgumentException>(() => x.Slice(1, 1, 2).Reshape(16)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot become [5, 5]", Assert.Throws<ArgumentException>(() => x.Reshape(5, 5)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Slice(0, 2, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Slice(3, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Row(4));
    }

    [Fact]
    public void Strided_views_are_checked_against_their_memory()
    {
        using DeviceMemory memory = Device.Reference.AllocateBytes(4 * 10);
        var overlapping = new View2<float>(memory, 0, (3, 4), 3);
        overlapping.Store(2, 3, 5f);
        Assert.Equal(5, new View1<float>(memory, 0, 10).Load(9));
        Assert.Throws<ArgumentException>(() => new View2<float>(memory, 0, (3, 4), 4));
        Assert.Throws<ArgumentException>(() => new View1<float>(memory, 4, 10));
        Assert.Throws<ArgumentException>(() => new View2<float>(memory, 0, (2, 2), -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new View1<float>(memory, 0, -1));
        Assert.Equal(0, new View1<float>(memory, 40, 0).Count);
    }

    [Fact]
    public void Quantized_views_keep_to_blocks()
    {
        View2<Q8_0> x = Device.Reference.Allocate<Q8_0>(2, 64);
        Assert.Equal(136, x.Memory!.ByteLength);
        Assert.Equal(68, x.Row(1).ByteOffset);
        Assert.Equal(34, x.Slice(1, 32, 32).ByteOffset);
        Assert.Contains("multiple of the format's 32", Assert.Throws<ArgumentException>(() => Device.Reference.Allocate<Q8_0>(2, 33)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => x.Slice(1, 16, 32));
        Assert.Throws<ArgumentException>(() => x.Reshape(8, 16));
        Assert.Throws<NotSupportedException>(() => x.ToArray());
        Assert.Throws<NotSupportedException>(() => x.AsTensorSpan());
    }

    [Fact]
    public void Views_of_other_elements_share_the_bytes()
    {
        View3<Q8_0> x = Device.Reference.Allocate<Q8_0>(3, 2, 64).Slice(0, 1, 2).Slice(2, 32, 32);
        View3<sbyte> bytes = x.Reinterpret<sbyte>();
        View3<Half> halves = x.Reinterpret<Half>();
        Assert.Equal("View3<sbyte>[2, 2, 34]", bytes.ToString());
        Assert.Equal("View3<Half>[2, 2, 17]", halves.ToString());
        halves.Store(1, 0, 0, 0.5f);
        bytes.StoreInt(1, 0, 2 + 7, -6);
        Assert.Equal(-3, x.Load(1, 0, 7));
        Assert.Equal(x.ByteOffset, bytes.Reinterpret<Q8_0>().ByteOffset);
        Assert.Equal((136, 68), (bytes.Stride0, bytes.Stride1));

        View2<float> floats = Device.Reference.Allocate<float>(2, 17);
        Assert.Equal(64, floats.Reinterpret<Q8_0>().Extent1);
        Assert.Equal(34, floats.Row(1).Reinterpret<BFloat16>().Extent0);
        Assert.Equal(0, default(View4<float>).Reinterpret<Half>().Count);
        Assert.Contains("of 12 bytes", Assert.Throws<ArgumentException>(() => floats.Slice(1, 0, 3).Reinterpret<Q8_0>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Disposed_memory_is_refused()
    {
        View1<float> x = Device.Reference.Allocate<float>(1);
        x.Memory!.Dispose();
        x.Memory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => x.Load(0));
        Assert.Throws<ObjectDisposedException>(() => x.ToArray());
    }

    [Fact]
    public void A_default_view_is_empty()
    {
        View3<float> x = default;
        Assert.Equal((0, 0, 0, 0L, true), (x.Extent0, x.Extent1, x.Extent2, x.Count, x.IsContiguous));
        Assert.Null(x.Memory);
        Assert.Empty(x.ToArray());
        Assert.Equal("View3<float>[0, 0, 0]", x.ToString());
        Assert.Equal(0, x.Reshape(0, 5).Extent0);
        Assert.Empty(x.Load(0, 0, Range(0, 0)).ToArray());
        Assert.Throws<KernelExecutionException>(() => x.Load(0, 0, 0));
    }

    [Fact]
    public void Copies_check_their_lengths()
    {
        View1<float> x = Device.Reference.Allocate<float>(3);
        Assert.Throws<ArgumentException>(() => x.CopyFrom(new float[2]));
        Assert.Throws<ArgumentException>(() => x.CopyTo(new float[4]));
        Assert.Throws<ArgumentException>(() => x.CopyBytesFrom(new byte[11]));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Memory!.Write(8, new byte[5]));
    }

    private static View2<float> Counting(int e0, int e1) =>
        Device.Reference.Upload<float>([.. Enumerable.Range(0, e0 * e1).Select(i => (float)i)], e0, e1);

    private static View3<float> Counting(int e0, int e1, int e2) =>
        Device.Reference.Upload<float>([.. Enumerable.Range(0, e0 * e1 * e2).Select(i => (float)i)], e0, e1, e2);
}
