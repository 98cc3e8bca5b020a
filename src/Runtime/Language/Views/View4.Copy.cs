using System.Numerics.Tensors;

namespace KernelFoundry;

/// <content>Getting data in and out.</content>
public readonly partial struct View4<T>
{
    /// <summary>Copies values from the host.</summary>
    /// <param name="source">As many values as the view has elements, row-major.</param>
    /// <exception cref="NotSupportedException">The elements are quantized.</exception>
    public void CopyFrom(ReadOnlySpan<T> source) => ViewCopy.From(Data, source);

    /// <summary>Copies values to the host, after all launches that were started before.</summary>
    /// <param name="destination">Room for as many values as the view has elements, row-major.</param>
    /// <exception cref="NotSupportedException">The elements are quantized.</exception>
    public void CopyTo(Span<T> destination) => ViewCopy.To(Data, destination);

    /// <summary>Copies values to the host, after all launches that were started before.</summary>
    /// <returns>The values, row-major.</returns>
    /// <exception cref="NotSupportedException">The elements are quantized.</exception>
    public T[] ToArray()
    {
        var values = new T[Count];
        CopyTo(values);
        return values;
    }

    /// <summary>Copies elements from the host as they lie in memory, quantized or not.</summary>
    /// <param name="source">The bytes of all elements, row-major.</param>
    public void CopyBytesFrom(ReadOnlySpan<byte> source) => ViewCopy.FromBytes<T>(Data, source);

    /// <summary>Copies elements to the host as they lie in memory, after all launches that were started before.</summary>
    /// <param name="destination">Room for the bytes of all elements, row-major.</param>
    public void CopyBytesTo(Span<byte> destination) => ViewCopy.ToBytes<T>(Data, destination);

    /// <summary>The elements in place. The view's memory must outlive the span.</summary>
    /// <returns>A tensor span of the same shape and strides.</returns>
    /// <exception cref="InvalidOperationException">The host cannot address the memory.</exception>
    /// <exception cref="NotSupportedException">The elements are quantized.</exception>
    public TensorSpan<T> AsTensorSpan() => TensorViews.ToTensorSpan<T>(Data);

    /// <summary>The elements in place, to read. The view's memory must outlive the span.</summary>
    /// <returns>A tensor span of the same shape and strides.</returns>
    /// <exception cref="InvalidOperationException">The host cannot address the memory.</exception>
    /// <exception cref="NotSupportedException">The elements are quantized.</exception>
    public ReadOnlyTensorSpan<T> AsReadOnlyTensorSpan() => TensorViews.ToTensorSpan<T>(Data);

    /// <summary>The elements in place. The view's memory must outlive the span.</summary>
    /// <returns>The elements, row-major.</returns>
    /// <exception cref="InvalidOperationException">The host cannot address the memory, or the view is not contiguous.</exception>
    /// <exception cref="NotSupportedException">The elements are quantized.</exception>
    public Span<T> AsSpan() => TensorViews.ToSpan<T>(Data);
}
