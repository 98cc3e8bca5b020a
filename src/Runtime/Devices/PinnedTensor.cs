using System.Numerics.Tensors;

namespace KernelFoundry;

/// <summary>A tensor as views, pinned until disposed of. Nothing is copied: the views and the tensor are the same elements.</summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed unsafe class PinnedTensor<T> : IDisposable
    where T : unmanaged
{
    private readonly Tensor<T> tensor;

    internal PinnedTensor(Device device, Tensor<T> tensor)
    {
        this.tensor = tensor;
        System.Buffers.MemoryHandle pin = tensor.GetPinnedHandle();
        Memory = device.Borrow((byte*)pin.Pointer, TensorViews.ByteLength<T>(tensor.Lengths, tensor.Strides), pin);
    }

    /// <summary>The tensor's elements as memory.</summary>
    public DeviceMemory Memory { get; }

    /// <summary>The tensor as a view of one axis.</summary>
    /// <returns>The view.</returns>
    /// <exception cref="ArgumentException">The tensor has another number of axes, or its last axis is not contiguous.</exception>
    public View1<T> AsView1() => new(TensorViews.FromTensor<T>(Memory, tensor.Lengths, tensor.Strides, 1));

    /// <summary>The tensor as a view of two axes.</summary>
    /// <returns>The view.</returns>
    /// <exception cref="ArgumentException">The tensor has another number of axes, or its last axis is not contiguous.</exception>
    public View2<T> AsView2() => new(TensorViews.FromTensor<T>(Memory, tensor.Lengths, tensor.Strides, 2));

    /// <summary>The tensor as a view of three axes.</summary>
    /// <returns>The view.</returns>
    /// <exception cref="ArgumentException">The tensor has another number of axes, or its last axis is not contiguous.</exception>
    public View3<T> AsView3() => new(TensorViews.FromTensor<T>(Memory, tensor.Lengths, tensor.Strides, 3));

    /// <summary>The tensor as a view of four axes.</summary>
    /// <returns>The view.</returns>
    /// <exception cref="ArgumentException">The tensor has another number of axes, or its last axis is not contiguous.</exception>
    public View4<T> AsView4() => new(TensorViews.FromTensor<T>(Memory, tensor.Lengths, tensor.Strides, 4));

    /// <summary>Unpins the tensor. Its views must not be used afterwards.</summary>
    public void Dispose() => Memory.Dispose();
}
