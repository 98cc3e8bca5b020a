namespace KernelFoundry.Inference.Formats.Safetensors;

/// <summary>One tensor of a safetensors file. Valid until the file is disposed of.</summary>
public sealed class SafetensorsTensor
{
    private readonly ContentPart _part;
    private readonly string _file;

    internal SafetensorsTensor(string file, ContentPart part, string name, SafetensorsType type, long[] shape, long offset, long byteLength)
    {
        (_file, _part, Name, Type, Shape, Offset, ByteLength) = (file, part, name, type, shape, offset, byteLength);
    }

    /// <summary>The name, as in <c>model.norm.weight</c>.</summary>
    public string Name { get; }

    /// <summary>Type of the elements.</summary>
    public SafetensorsType Type { get; }

    /// <summary>The shape, slowest axis first; empty for a single number.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Position of the data in the file, in bytes.</summary>
    public long Offset { get; }

    /// <summary>Length of the data in bytes.</summary>
    public long ByteLength { get; }

    /// <summary>Number of elements.</summary>
    public long ElementCount => Shape.Aggregate(1L, (count, extent) => count * extent);

    /// <summary>The data.</summary>
    /// <exception cref="OverflowException">There are more than 2 GiB of it; take it in parts with <see cref="Slice"/>.</exception>
    public ReadOnlySpan<byte> Data => Slice(0, checked((int)ByteLength));

    internal ContentPart Part => _part;

    /// <summary>Part of the data: <paramref name="length"/> bytes from byte <paramref name="start"/>.</summary>
    public unsafe ReadOnlySpan<byte> Slice(long start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, ByteLength - length);
        byte* data = _part.Start;
        ObjectDisposedException.ThrowIf(data is null, typeof(SafetensorsFile));
        return new ReadOnlySpan<byte>(data + Offset + start, length);
    }

    /// <summary>Name, type and shape.</summary>
    public override string ToString() => $"{Name} {Type} [{string.Join(", ", Shape)}]";

    /// <summary>The exception that says this tensor is not what the model needs.</summary>
    internal InvalidModelException Error(string field, string found, string expected) =>
        new(_file, $"tensor {InvalidModelException.Quote(System.Text.Encoding.UTF8.GetBytes(Name))}, {field}", found, expected);
}
