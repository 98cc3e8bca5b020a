using System.Buffers.Binary;
using System.Text;

namespace KernelFoundry.Inference.Formats;

/// <summary>
/// Writes a GGUF file, version 3, front to back: metadata and the list of tensors are given first, then each tensor's data is asked for as
/// its place comes, so that a file of any size needs little memory. Format: the GGUF specification of the ggml project (docs/gguf.md).
/// </summary>
/// <param name="alignment">
/// What tensor offsets are multiples of, in bytes: <see cref="GgufFile.Alignment"/> of a file whose metadata is copied.
/// </param>
public sealed partial class GgufWriter(int alignment = 32)
{
    private const uint Version = 3;
    private readonly List<(string Key, byte[] Entry)> _metadata = [];
    private readonly Dictionary<string, int> _keys = new(StringComparer.Ordinal);
    private readonly List<(string Name, long[] Dimensions, GgmlType Type, long Bytes)> _tensors = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Writes the data of a tensor, by its number, to a stream.</summary>
    /// <param name="tensor">In the order tensors were added, from 0.</param>
    /// <param name="stream">Where to write it, all of it and nothing else.</param>
    public delegate void DataWriter(int tensor, Stream stream);

    /// <summary>Copies metadata of a file, as it is.</summary>
    /// <param name="source">The metadata.</param>
    /// <param name="isCopied">Which keys are; null for all.</param>
    public void Copy(GgufMetadata source, Func<string, bool>? isCopied = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        foreach (GgufValue value in source)
        {
            string key = value.Key;
            if (isCopied is null || isCopied(key))
                Put(key, value.RawBytes.ToArray());
        }
    }

    /// <summary>Sets an entry, in place of one of the same key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    public void Set(string key, uint value)
    {
        var payload = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, value);
        Put(key, Entry(key, GgufValueType.UInt32, payload));
    }

    /// <inheritdoc cref="Set(string, uint)"/>
    public void Set(string key, float value)
    {
        var payload = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(payload, value);
        Put(key, Entry(key, GgufValueType.Float32, payload));
    }

    /// <inheritdoc cref="Set(string, uint)"/>
    public void Set(string key, string value) => Put(key, Entry(key, GgufValueType.String, Text(value)));

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">Its name, which no other has.</param>
    /// <param name="dimensions">Its dimensions, the length of a row first, which is whole blocks.</param>
    /// <param name="type">Its storage type.</param>
    /// <exception cref="ArgumentException">A row is not whole blocks, or the name is taken.</exception>
    public void AddTensor(string name, ReadOnlySpan<long> dimensions, GgmlType type)
    {
        var layout = GgmlTypeLayout.Of(type);
        if (dimensions[0] % layout.BlockSize != 0)
        {
            throw new ArgumentException(
                $"Tensor '{name}' has rows of {dimensions[0]} elements, which are no whole blocks of {type}.", nameof(dimensions));
        }

        if (!_names.Add(name))
            throw new ArgumentException($"There is a tensor '{name}' already.", nameof(name));
        long elements = 1;
        foreach (long dimension in dimensions)
            elements = checked(elements * dimension);
        _tensors.Add((name, dimensions.ToArray(), type, checked(elements / layout.BlockSize * layout.BlockBytes)));
    }

    /// <summary>Writes the file.</summary>
    /// <param name="stream">Where to; it must know its position.</param>
    /// <param name="writeData">Writes the data of one tensor; called once for each, in order.</param>
    /// <exception cref="InvalidOperationException"><paramref name="writeData"/> wrote more or less than the tensor has.</exception>
    public void Write(Stream stream, DataWriter writeData)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(writeData);
        long start = stream.Position;
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
            WriteHeader(writer);
        for (int i = 0; i < _tensors.Count; i++)
        {
            Pad(stream, start);
            long before = stream.Position;
            writeData(i, stream);
            if (stream.Position - before != _tensors[i].Bytes)
            {
                throw new InvalidOperationException(
                    $"{stream.Position - before} bytes were written of tensor '{_tensors[i].Name}', which has {_tensors[i].Bytes}.");
            }
        }

        Pad(stream, start);
    }

    /// <summary>The file up to its first tensor, and where each tensor's data belongs in the file.</summary>
    internal byte[] Header(out long[] offsets)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
            WriteHeader(writer);
        Pad(stream, 0);
        offsets = new long[_tensors.Count];
        long at = stream.Length;
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = at;
            at = checked(at + _tensors[i].Bytes + Padding(_tensors[i].Bytes));
        }

        return stream.ToArray();
    }

    private void WriteHeader(BinaryWriter writer)
    {
        writer.Write("GGUF"u8);
        writer.Write(Version);
        writer.Write((ulong)_tensors.Count);
        writer.Write((ulong)_metadata.Count);
        foreach ((_, byte[] entry) in _metadata)
            writer.Write(entry);
        long offset = 0;
        foreach ((string name, long[] dimensions, GgmlType type, long bytes) in _tensors)
        {
            writer.Write(Text(name));
            writer.Write((uint)dimensions.Length);
            foreach (long dimension in dimensions)
                writer.Write(dimension);
            writer.Write((uint)type);
            writer.Write(offset);
            offset = checked(offset + bytes + Padding(bytes));
        }
    }

    private void Put(string key, byte[] entry)
    {
        if (_keys.TryAdd(key, _metadata.Count))
            _metadata.Add((key, entry));
        else
            _metadata[_keys[key]] = (key, entry);
    }

    private void Pad(Stream stream, long start) => stream.Write(new byte[Padding(stream.Position - start)]);

    private int Padding(long position) => (int)((alignment - (position % alignment)) % alignment);

    private static byte[] Entry(string key, GgufValueType type, byte[] payload)
    {
        var id = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(id, (uint)type);
        return [.. Text(key), .. id, .. payload];
    }

    private static byte[] Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        var bytes = new byte[sizeof(ulong) + utf8.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)utf8.Length);
        utf8.CopyTo(bytes, sizeof(ulong));
        return bytes;
    }
}
