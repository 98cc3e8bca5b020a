namespace KernelFoundry;

/// <summary>
/// A matrix of quantized elements on a device whose rows lie in panels of sixteen: see <see cref="Panels"/>. Kernels load tiles from it as from a
/// <see cref="View2{T}"/>; made by <see cref="Device.Pack{T}(View2{T})"/>.
/// </summary>
/// <typeparam name="T">A quantization format. Extents count elements.</typeparam>
public readonly struct Panels<T>
    where T : unmanaged
{
    private readonly ViewData data;

    /// <summary>A matrix that lies in panels.</summary>
    /// <param name="memory">The memory it points into.</param>
    /// <param name="byteOffset">Where its first panel begins: at a multiple of <see cref="Panels.Alignment"/>.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns; a multiple of the block size.</param>
    /// <exception cref="ArgumentException">The memory is too small, the offset is no such multiple, columns are no whole blocks, or the element type is no quantization format.</exception>
    public Panels(DeviceMemory memory, long byteOffset, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfNegative(byteOffset);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        if (byteOffset % Panels.Alignment != 0)
            throw new ArgumentException($"Panels<{Element<T>.Name}> at byte {byteOffset} do not begin at a multiple of {Panels.Alignment} bytes.");
        long needed = checked(byteOffset + Panels.Bytes<T>(rows, columns));
        if (needed > memory.ByteLength)
            throw new ArgumentException($"Panels<{Element<T>.Name}>[{rows}, {columns}] at byte {byteOffset} need {needed} bytes, but their memory has {memory.ByteLength}.");
        data = new ViewData(memory, byteOffset, [rows, columns], [Panels.Rows * (long)columns]);
    }

    /// <summary>The matrix without its type; its first stride is the distance between panels. A default one has extents of 0.</summary>
    internal ViewData Data => data.Rank == 0 ? ViewData.Empty(2) : data;

    /// <summary>The memory the panels lie in; null for a default matrix, which is empty.</summary>
    public DeviceMemory? Memory => data.Memory;

    /// <summary>Where the first panel begins in <see cref="Memory"/>, in bytes.</summary>
    public long ByteOffset => data.ByteOffset;

    /// <summary>Rows.</summary>
    public int Extent0 => data.Extents[0];

    /// <summary>Columns.</summary>
    public int Extent1 => data.Extents[1];

    /// <summary>Elements of a block.</summary>
    public int BlockSize => Element<T>.BlockSize;

    /// <summary>Some of the rows, as a matrix of its own.</summary>
    /// <param name="first">The first, a multiple of <see cref="Panels.Rows"/>.</param>
    /// <param name="count">How many.</param>
    /// <returns>The matrix, on the same memory.</returns>
    /// <exception cref="ArgumentException">The first row begins no panel.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer rows.</exception>
    public Panels<T> Slice(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Extent0 - first);
        if (first % Panels.Rows != 0)
            throw new ArgumentException($"Row {first} begins no panel: panels have {Panels.Rows} rows.", nameof(first));
        return Memory is { } memory ? new Panels<T>(memory, ByteOffset + Panels.Bytes<T>(first, Extent1), count, Extent1) : this;
    }

    /// <summary>Loads the value.</summary>
    /// <param name="i0">Row.</param>
    /// <param name="i1">Column.</param>
    /// <returns>The value.</returns>
    /// <exception cref="KernelExecutionException">An index is outside its extent.</exception>
    public float Load(int i0, int i1) => ViewAccess.Load<T, float, ElementPart.Value>(RowMajor, Codec, i0, i1);

    /// <summary>Loads values. Two tile indices of one axis give their outer product; those of two axes go element by element.</summary>
    /// <param name="i0">Row or rows.</param>
    /// <param name="i1">Column or columns.</param>
    /// <returns>A tile of the shape the indices give.</returns>
    /// <exception cref="KernelExecutionException">An index is outside its extent, or shapes do not match.</exception>
    public Tile<float> Load(int i0, Tile<int> i1) => ViewAccess.Load<T, float, ElementPart.Value>(RowMajor, Codec, (Tile<bool>?)null, 0, i0, i1);

    /// <inheritdoc cref="Load(int, Tile{int})"/>
    public Tile<float> Load(Tile<int> i0, int i1) => ViewAccess.Load<T, float, ElementPart.Value>(RowMajor, Codec, (Tile<bool>?)null, 0, i0, i1);

    /// <inheritdoc cref="Load(int, Tile{int})"/>
    public Tile<float> Load(Tile<int> i0, Tile<int> i1) => ViewAccess.Load<T, float, ElementPart.Value>(RowMajor, Codec, (Tile<bool>?)null, 0, i0, i1);

    /// <summary>Element type and shape.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"Panels<{Element<T>.Name}>{Data.ShapeText}";

    // Elements are numbered row by row; the codec finds them.
    private ViewData RowMajor => new(Memory, ByteOffset, [Extent0, Extent1], [Extent1]);

    private PanelCodec Codec => new(Element<T>.Codec, Extent1);
}
