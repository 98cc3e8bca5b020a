namespace KernelFoundry.Inference.Formats;

/// <summary>Reads and writes the elements of one storage type on the host.</summary>
public abstract class TensorCodec
{
    private protected TensorCodec(GgmlType type, int blockSize, int blockBytes, bool isQuantized)
    {
        Layout = new GgmlTypeLayout(type, blockSize, blockBytes);
        IsQuantized = isQuantized;
    }

    /// <summary>The type and its blocks.</summary>
    public GgmlTypeLayout Layout { get; }

    /// <summary>The type.</summary>
    public GgmlType Type => Layout.Type;

    /// <summary>Whether it has fewer bits than a half, and scales.</summary>
    public bool IsQuantized { get; }

    /// <summary>Bytes of a row.</summary>
    /// <param name="columns">Elements of a row, whole blocks.</param>
    public long RowBytes(long columns) => columns / Layout.BlockSize * Layout.BlockBytes;

    /// <summary>Whether rows of so many elements are whole blocks.</summary>
    /// <param name="columns">Elements of a row.</param>
    public bool Fits(long columns) => columns % Layout.BlockSize == 0;

    /// <summary>Reads a row.</summary>
    /// <param name="bytes">Whole blocks.</param>
    /// <param name="values">Receives as many elements.</param>
    public abstract void Decode(ReadOnlySpan<byte> bytes, Span<float> values);

    /// <summary>Writes a row.</summary>
    /// <param name="values">Finite values, whole blocks of them.</param>
    /// <param name="importance">
    /// As <see cref="IQuantEncoder.Encode"/> takes it, none or one a value; types that are not quantized take no notice.
    /// </param>
    /// <param name="bytes">Receives the blocks.</param>
    public abstract void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> bytes);
}
