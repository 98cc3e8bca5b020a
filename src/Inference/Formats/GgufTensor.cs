using System.Runtime.CompilerServices;
using System.Text;

namespace KernelFoundry.Inference.Formats;

/// <summary>
/// One tensor of a GGUF file, used in place. The file lists dimensions fastest first: dimension 0 is the length of a row. Valid
/// until the <see cref="GgufFile"/> is disposed; the data must not be touched after that.
/// </summary>
public readonly struct GgufTensor
{
    /// <summary>The most dimensions a tensor can have.</summary>
    public const int MaximumRank = 4;

    private readonly GgufContent _content;
    private readonly long _entry;
    private readonly Dimensions _dimensions;

    internal GgufTensor(
        GgufContent content, long entry, int rank, ReadOnlySpan<long> dimensions, GgmlType type, long offset, long byteLength)
    {
        _content = content;
        _entry = entry;
        Rank = rank;
        for (int i = 0; i < MaximumRank; i++)
            _dimensions[i] = i < rank ? dimensions[i] : 1;
        Type = type;
        Offset = offset;
        ByteLength = byteLength;
    }

    /// <summary>The name, as in <c>blk.0.attn_q.weight</c>.</summary>
    public string Name => Encoding.UTF8.GetString(NameBytes);

    /// <summary>The name as UTF-8.</summary>
    public ReadOnlySpan<byte> NameBytes => _content.Text(_entry);

    /// <summary>Number of dimensions, 1 to 4.</summary>
    public int Rank { get; }

    /// <summary>Storage type of the elements.</summary>
    public GgmlType Type { get; }

    /// <summary>Position of the data in the file, in bytes.</summary>
    public long Offset { get; }

    /// <summary>Length of the data in bytes.</summary>
    public long ByteLength { get; }

    /// <summary>Elements in a row: dimension 0.</summary>
    public long Columns => _dimensions[0];

    /// <summary>Number of rows: the product of the other dimensions, so that the tensor is <c>[Rows, Columns]</c>.</summary>
    public long Rows => _dimensions[1] * _dimensions[2] * _dimensions[3];

    /// <summary>Number of elements.</summary>
    public long ElementCount => Rows * Columns;

    /// <summary>Bytes of one row.</summary>
    public long RowBytes => ByteLength / Rows;

    /// <summary>Address of the data, aligned as the file says (32 bytes unless it says otherwise) relative to the file's start.</summary>
    public unsafe byte* Pointer => _content.Pointer(Offset, ByteLength);

    /// <summary>The data.</summary>
    /// <exception cref="OverflowException">There are more than 2 GiB of it; take it in parts with <see cref="Slice"/>.</exception>
    public ReadOnlySpan<byte> Data => _content.Span(Offset, checked((int)ByteLength));

    /// <summary>Dimension <paramref name="axis"/> (0 to 3) in file order; 1 beyond the rank.</summary>
    public long Dimension(int axis) => _dimensions[axis];

    /// <summary>Part of the data: <paramref name="length"/> bytes from byte <paramref name="start"/>.</summary>
    public ReadOnlySpan<byte> Slice(long start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, ByteLength - length);
        return _content.Span(Offset + start, length);
    }

    /// <summary>Copies part of the data without making it part of the process's memory, as using it in place does.</summary>
    /// <param name="start">The first byte.</param>
    /// <param name="destination">Receives the bytes.</param>
    /// <exception cref="EndOfStreamException">The file has become shorter.</exception>
    public void Read(long start, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, ByteLength - destination.Length);
        _content.Read(Offset + start, destination);
    }

    /// <summary>Gives back memory that the data was made in, where it is not in a file as it is; <see cref="Pointer"/> and spans taken before are no longer valid.</summary>
    internal void Release() => _content.Release(Offset);

    /// <summary>Where the data is, so that it can be part of another file.</summary>
    internal (ContentPart Part, long From) Place
    {
        get
        {
            GgufContent.Extent extent = _content.Find(Offset, ByteLength);
            return (extent.Part, extent.From + (Offset - extent.Start));
        }
    }

    /// <summary>Name, dimensions in file order and type.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Name).Append(" [").Append(_dimensions[0]);
        for (int i = 1; i < Rank; i++)
            text.Append(", ").Append(_dimensions[i]);
        return text.Append("] ").Append(Type).ToString();
    }

    /// <summary>The exception that says this tensor is not what the model needs.</summary>
    internal InvalidModelException Error(string field, string found, string expected) =>
        new(_content.Name, $"tensor {InvalidModelException.Quote(NameBytes)}, {field}", found, expected);

    [InlineArray(MaximumRank)]
    private struct Dimensions
    {
        private long _first;
    }
}
