namespace KernelFoundry;

/// <summary>
/// Typed memory of one axis on a device, the last contiguous. Kernels load tiles from it and store them to it.
/// </summary>
/// <typeparam name="T">float, Half, BFloat16, int, sbyte, byte or a quantization format. Extents count elements, quantized or not.</typeparam>
public readonly partial struct View1<T>
    where T : unmanaged
{
    private readonly ViewData data;

    internal View1(in ViewData data) => this.data = data;

    /// <summary>A contiguous view.</summary>
    /// <param name="memory">The memory it points into.</param>
    /// <param name="byteOffset">Where its first element is.</param>
    /// <param name="extent0">Elements along axis 0; a multiple of the block size of a quantized format.</param>
    /// <exception cref="ArgumentException">The memory is too small, or the last extent no multiple of the block size.</exception>
    public View1(DeviceMemory memory, long byteOffset, int extent0)
        : this(ViewLayout.Contiguous<T>(memory, byteOffset, [extent0]))
    {
    }

    /// <summary>The view without its type. A default view has extents of 0.</summary>
    internal ViewData Data => data.Rank == 0 ? ViewData.Empty(1) : data;

    /// <summary>The memory the view points into; null for a default view, which is empty.</summary>
    public DeviceMemory? Memory => data.Memory;

    /// <summary>Where the first element is in <see cref="Memory"/>, in bytes.</summary>
    public long ByteOffset => data.ByteOffset;

    /// <summary>Elements along axis 0.</summary>
    public int Extent0 => data.Extents[0];

    /// <summary>Elements of a block: 1 unless the format is quantized.</summary>
    public int BlockSize => Element<T>.BlockSize;

    /// <summary>Number of elements.</summary>
    public long Count => Data.Count;

    /// <summary>Whether all elements lie one after another in row-major order.</summary>
    public bool IsContiguous => Data.IsContiguous;

    /// <summary>Elements start to start + length - 1.</summary>
    /// <param name="start">First element; for quantized formats, the first of a block.</param>
    /// <param name="length">Number of elements; for quantized formats, whole blocks.</param>
    /// <returns>A view of the same memory.</returns>
    public View1<T> Slice(int start, int length) => new(ViewLayout.Slice<T>(Data, 0, start, length));

    /// <summary>The same elements as a view of one axis.</summary>
    /// <param name="extent0">Elements along axis 0.</param>
    /// <returns>A view of the same memory.</returns>
    /// <exception cref="ArgumentException">The number of elements differs, or the view is not contiguous.</exception>
    public View1<T> Reshape(int extent0) => new(ViewLayout.Reshape<T>(Data, [extent0]));

    /// <summary>The same elements as a view of two axes.</summary>
    /// <param name="extent0">Elements along axis 0.</param>
    /// <param name="extent1">Elements along axis 1.</param>
    /// <returns>A view of the same memory.</returns>
    /// <exception cref="ArgumentException">The number of elements differs, or the view is not contiguous.</exception>
    public View2<T> Reshape(int extent0, int extent1) => new(ViewLayout.Reshape<T>(Data, [extent0, extent1]));

    /// <summary>The same elements as a view of three axes.</summary>
    /// <param name="extent0">Elements along axis 0.</param>
    /// <param name="extent1">Elements along axis 1.</param>
    /// <param name="extent2">Elements along axis 2.</param>
    /// <returns>A view of the same memory.</returns>
    /// <exception cref="ArgumentException">The number of elements differs, or the view is not contiguous.</exception>
    public View3<T> Reshape(int extent0, int extent1, int extent2) => new(ViewLayout.Reshape<T>(Data, [extent0, extent1, extent2]));

    /// <summary>The same elements as a view of four axes.</summary>
    /// <param name="extent0">Elements along axis 0.</param>
    /// <param name="extent1">Elements along axis 1.</param>
    /// <param name="extent2">Elements along axis 2.</param>
    /// <param name="extent3">Elements along axis 3.</param>
    /// <returns>A view of the same memory.</returns>
    /// <exception cref="ArgumentException">The number of elements differs, or the view is not contiguous.</exception>
    public View4<T> Reshape(int extent0, int extent1, int extent2, int extent3) => new(ViewLayout.Reshape<T>(Data, [extent0, extent1, extent2, extent3]));

    /// <summary>The same bytes as elements of another type, such as the scales and codes that a quantized view's blocks are made of.</summary>
    /// <typeparam name="TOther">The other element type. Only the last extent, and the strides, become others.</typeparam>
    /// <returns>A view of the same memory.</returns>
    /// <exception cref="ArgumentException">A row, or a stride, is no whole number of the other elements.</exception>
    public View1<TOther> Reinterpret<TOther>()
        where TOther : unmanaged => new(ViewLayout.Reinterpret<T, TOther>(Data));

    /// <summary>Element type and shape.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"View1<{Element<T>.Name}>{Data.ShapeText}";
}
