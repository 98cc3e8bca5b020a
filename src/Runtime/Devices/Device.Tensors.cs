using System.Numerics.Tensors;

namespace KernelFoundry;

/// <content>
/// Tensors of System.Numerics.Tensors as views, without copying. A tensor span may point anywhere, so it can be a view only while a method runs:
/// hence the callbacks. A tensor can be pinned for longer.
/// </content>
public abstract partial class Device
{
    /// <summary>A tensor as views, pinned until disposed of.</summary>
    /// <param name="tensor">The tensor; its last axis contiguous.</param>
    /// <typeparam name="T">The element type; not quantized.</typeparam>
    /// <returns>The tensor's views.</returns>
    /// <exception cref="NotSupportedException">The device does not share the host's memory, or the elements are quantized.</exception>
    public PinnedTensor<T> Pin<T>(Tensor<T> tensor)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(tensor);
        RequireSharedMemory(nameof(Pin));
        TensorViews.RequirePlain<T>();
        return new PinnedTensor<T>(this, tensor);
    }

    /// <summary>Calls a method with a tensor span as a view of one axis. The view is good only until the method returns.</summary>
    /// <param name="tensor">The tensor; its last axis contiguous.</param>
    /// <param name="state">Passed on to the method.</param>
    /// <param name="body">The method.</param>
    /// <typeparam name="T">The element type; not quantized.</typeparam>
    /// <typeparam name="TState">Type of what is passed on.</typeparam>
    /// <exception cref="ArgumentException">The tensor has another number of axes, or its last axis is not contiguous.</exception>
    /// <exception cref="NotSupportedException">The device does not share the host's memory, or the elements are quantized.</exception>
    public unsafe void WithView1<T, TState>(in TensorSpan<T> tensor, TState state, Action<View1<T>, TState> body)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(body);
        fixed (T* address = &tensor.GetPinnableReference())
        {
            using DeviceMemory memory = Borrow(address, tensor.Lengths, tensor.Strides);
            body(new View1<T>(TensorViews.FromTensor<T>(memory, tensor.Lengths, tensor.Strides, 1)), state);
        }
    }

    /// <summary>Calls a method with a tensor span as a view of two axes. The view is good only until the method returns.</summary>
    /// <param name="tensor">The tensor; its last axis contiguous.</param>
    /// <param name="state">Passed on to the method.</param>
    /// <param name="body">The method.</param>
    /// <typeparam name="T">The element type; not quantized.</typeparam>
    /// <typeparam name="TState">Type of what is passed on.</typeparam>
    /// <exception cref="ArgumentException">The tensor has another number of axes, or its last axis is not contiguous.</exception>
    /// <exception cref="NotSupportedException">The device does not share the host's memory, or the elements are quantized.</exception>
    public unsafe void WithView2<T, TState>(in TensorSpan<T> tensor, TState state, Action<View2<T>, TState> body)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(body);
        fixed (T* address = &tensor.GetPinnableReference())
        {
            using DeviceMemory memory = Borrow(address, tensor.Lengths, tensor.Strides);
            body(new View2<T>(TensorViews.FromTensor<T>(memory, tensor.Lengths, tensor.Strides, 2)), state);
        }
    }

    /// <summary>Calls a method with a tensor span as a view of three axes. The view is good only until the method returns.</summary>
    /// <param name="tensor">The tensor; its last axis contiguous.</param>
    /// <param name="state">Passed on to the method.</param>
    /// <param name="body">The method.</param>
    /// <typeparam name="T">The element type; not quantized.</typeparam>
    /// <typeparam name="TState">Type of what is passed on.</typeparam>
    /// <exception cref="ArgumentException">The tensor has another number of axes, or its last axis is not contiguous.</exception>
    /// <exception cref="NotSupportedException">The device does not share the host's memory, or the elements are quantized.</exception>
    public unsafe void WithView3<T, TState>(in TensorSpan<T> tensor, TState state, Action<View3<T>, TState> body)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(body);
        fixed (T* address = &tensor.GetPinnableReference())
        {
            using DeviceMemory memory = Borrow(address, tensor.Lengths, tensor.Strides);
            body(new View3<T>(TensorViews.FromTensor<T>(memory, tensor.Lengths, tensor.Strides, 3)), state);
        }
    }

    /// <summary>Calls a method with a tensor span as a view of four axes. The view is good only until the method returns.</summary>
    /// <param name="tensor">The tensor; its last axis contiguous.</param>
    /// <param name="state">Passed on to the method.</param>
    /// <param name="body">The method.</param>
    /// <typeparam name="T">The element type; not quantized.</typeparam>
    /// <typeparam name="TState">Type of what is passed on.</typeparam>
    /// <exception cref="ArgumentException">The tensor has another number of axes, or its last axis is not contiguous.</exception>
    /// <exception cref="NotSupportedException">The device does not share the host's memory, or the elements are quantized.</exception>
    public unsafe void WithView4<T, TState>(in TensorSpan<T> tensor, TState state, Action<View4<T>, TState> body)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(body);
        fixed (T* address = &tensor.GetPinnableReference())
        {
            using DeviceMemory memory = Borrow(address, tensor.Lengths, tensor.Strides);
            body(new View4<T>(TensorViews.FromTensor<T>(memory, tensor.Lengths, tensor.Strides, 4)), state);
        }
    }

    private unsafe DeviceMemory Borrow<T>(T* address, ReadOnlySpan<nint> lengths, ReadOnlySpan<nint> strides)
        where T : unmanaged
    {
        RequireSharedMemory("WithView");
        TensorViews.RequirePlain<T>();
        return Borrow((byte*)address, TensorViews.ByteLength<T>(lengths, strides), owner: null);
    }
}
