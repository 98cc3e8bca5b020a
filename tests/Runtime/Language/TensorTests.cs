using System.Numerics.Tensors;

namespace KernelFoundry.Tests;

/// <summary>Views and the tensors of System.Numerics.Tensors as the same memory.</summary>
public class TensorTests
{
    [Fact]
    public void A_view_is_a_tensor_span_of_the_same_elements()
    {
        View3<float> x = Device.Reference.Upload<float>([.. Enumerable.Range(0, 24).Select(i => (float)i)], 2, 3, 4);
        TensorSpan<float> tensor = x.AsTensorSpan();
        Assert.Equal([2, 3, 4], tensor.Lengths.ToArray());
        Assert.Equal(23, tensor[1, 2, 3]);
        tensor[1, 0, 2] = -1;
        Assert.Equal(-1, x.Load(1, 0, 2));
        Assert.Equal(5, x.AsReadOnlyTensorSpan()[0, 1, 1]);

        TensorSpan<float> part = x.Slice(1, 1, 2).Slice(2, 1, 2).AsTensorSpan();
        Assert.Equal([2, 2, 2], part.Lengths.ToArray());
        Assert.Equal([12, 4, 1], part.Strides.ToArray());
        Assert.Equal(22, part[1, 1, 1]);
    }

    [Fact]
    public void Extents_of_one_and_zero_are_tensors_too()
    {
        Assert.Equal(7, Device.Reference.Upload<float>([7f], 1, 1).AsTensorSpan()[0, 0]);
        View2<float> rows = Device.Reference.Upload<float>([1, 2, 3], 3, 1);
        Assert.Equal(3, rows.AsTensorSpan()[2, 0]);
        Assert.True(Device.Reference.Allocate<float>(0, 4).AsTensorSpan().IsEmpty);
        Assert.Equal([1f, 2, 3], rows.AsSpan().ToArray());
        Assert.Throws<InvalidOperationException>(() => Device.Reference.Allocate<float>(2, 2).Slice(1, 0, 1).AsSpan());
    }

    [Fact]
    public void A_pinned_tensor_is_a_view_until_disposed()
    {
        Tensor<float> tensor = Tensor.Create([.. Enumerable.Range(0, 12).Select(i => (float)i)], [3, 4]);
        View2<float> view;
        using (PinnedTensor<float> pinned = Device.Reference.Pin(tensor))
        {
            view = pinned.AsView2();
            Assert.Equal(11, view.Load(2, 3));
            view.Store(0, 1, 100f);
            Assert.Equal(100, tensor[0, 1]);
            Assert.Contains("is no View3", Assert.Throws<ArgumentException>(() => pinned.AsView3()).Message, StringComparison.Ordinal);
        }

        Assert.Throws<ObjectDisposedException>(() => view.Load(0, 0));
    }

    [Fact]
    public void A_tensor_span_is_a_view_within_a_call()
    {
        float[] values = [.. Enumerable.Range(0, 24).Select(i => (float)i)];
        var tensor = new TensorSpan<float>(values, 1, [2, 3, 2], [12, 4, 1]);
        View3<float> kept = default;
        Device.Reference.WithView3(tensor, 5f, (view, state) =>
        {
            Assert.Equal(22, view.Load(1, 2, 1));
            Assert.Equal((12, 4), (view.Stride0, view.Stride1));
            view.Store(1, 2, 1, state);
            kept = view;
        });
        Assert.Equal(5, values[22]);
        Assert.Throws<ObjectDisposedException>(() => kept.Load(0, 0, 0));
    }

    [Fact]
    public void A_last_axis_that_is_not_contiguous_is_refused()
    {
        var values = new float[12];
        string message = Assert.Throws<ArgumentException>(() =>
            Device.Reference.WithView2(new TensorSpan<float>(values, [3, 2], [4, 2]), 0, (_, _) => { })).Message;
        Assert.Contains("stride 2 along its last axis", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pinned_arrays_are_memory_in_place()
    {
        float[] values = [1, 2, 3];
        using DeviceMemory memory = Device.Reference.Pin(values);
        new View1<float>(memory, 4, 2).Store(1, 9f);
        Assert.Equal([1f, 2, 9], values);
        Assert.Equal(12, memory.ByteLength);
    }

    [Fact]
    public unsafe void Wrapped_memory_is_used_in_place_and_its_owner_disposed()
    {
        float* values = stackalloc float[4];
        var owner = new Owner();
        using (DeviceMemory memory = Device.Reference.Wrap(values, 16, owner))
        {
            new View1<float>(memory, 0, 4).Store(2, 6f);
            Assert.False(owner.IsDisposed);
        }

        Assert.Equal(6, values[2]);
        Assert.True(owner.IsDisposed);
    }

    private sealed class Owner : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
