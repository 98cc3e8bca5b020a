using System.Text;
using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Tests.Formats;

/// <summary>Writes GGUF files for tests, right ones and, through the raw members, wrong ones.</summary>
internal sealed class GgufBuilder
{
    private readonly List<byte[]> _metadata = [];
    private readonly List<(string Name, ulong[] Dimensions, uint Type, byte[] Data, ulong? Offset)> _tensors = [];

    public string Magic { get; set; } = "GGUF";

    public uint Version { get; set; } = 3;

    /// <summary>What offsets are rounded to; the metadata entry is the test's to add.</summary>
    public int Alignment { get; set; } = 32;

    public ulong? MetadataCount { get; set; }

    public ulong? TensorCount { get; set; }

    public static GgufFile Open(byte[] bytes) => new(bytes, "test.gguf");

    public GgufFile Open() => Open(Build());

    public GgufBuilder Add(string key, object value) => value is Array array
        ? AddRaw(key, GgufValueType.Array, Bytes(w => WriteArray(w, array)))
        : AddRaw(key, TypeOf(value.GetType()), Bytes(w => WriteScalar(w, value)));

    public GgufBuilder AddRaw(string key, GgufValueType type, byte[] payload)
    {
        _metadata.Add(Bytes(w =>
        {
            WriteText(w, key);
            w.Write((uint)type);
            w.Write(payload);
        }));
        return this;
    }

    public GgufBuilder AddTensor(string name, GgmlType type, ulong[] dimensions, byte[] data, ulong? offset = null)
    {
        _tensors.Add((name, dimensions, (uint)type, data, offset));
        return this;
    }

    public byte[] Build() => Bytes(w =>
    {
        w.Write(Encoding.ASCII.GetBytes(Magic));
        w.Write(Version);
        w.Write(TensorCount ?? (ulong)_tensors.Count);
        w.Write(MetadataCount ?? (ulong)_metadata.Count);
        foreach (byte[] entry in _metadata)
            w.Write(entry);
        ulong next = 0;
        foreach (var (name, dimensions, type, data, offset) in _tensors)
        {
            WriteText(w, name);
            w.Write((uint)dimensions.Length);
            foreach (ulong dimension in dimensions)
                w.Write(dimension);
            w.Write(type);
            w.Write(offset ?? next);
            next += RoundUp((ulong)data.Length);
        }

        foreach (var (_, _, _, data, _) in _tensors)
        {
            w.Write(new byte[RoundUp((ulong)w.BaseStream.Position) - (ulong)w.BaseStream.Position]);
            w.Write(data);
        }
    });

    public static byte[] Bytes(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        write(writer);
        writer.Flush();
        return stream.ToArray();
    }

    public static void WriteText(BinaryWriter writer, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)utf8.Length);
        writer.Write(utf8);
    }

    private ulong RoundUp(ulong position) => (position + (ulong)Alignment - 1) / (ulong)Alignment * (ulong)Alignment;

    private static void WriteArray(BinaryWriter writer, Array array)
    {
        writer.Write((uint)TypeOf(array.GetType().GetElementType()!));
        writer.Write((ulong)array.Length);
        foreach (object element in array)
            WriteScalar(writer, element);
    }

    private static void WriteScalar(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case byte v: writer.Write(v); break;
            case sbyte v: writer.Write(v); break;
            case ushort v: writer.Write(v); break;
            case short v: writer.Write(v); break;
            case uint v: writer.Write(v); break;
            case int v: writer.Write(v); break;
            case float v: writer.Write(v); break;
            case bool v: writer.Write(v); break;
            case string v: WriteText(writer, v); break;
            case ulong v: writer.Write(v); break;
            case long v: writer.Write(v); break;
            case double v: writer.Write(v); break;
            default: throw new ArgumentException($"GGUF has no {value.GetType()}.", nameof(value));
        }
    }

    private static GgufValueType TypeOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Byte => GgufValueType.UInt8,
        TypeCode.SByte => GgufValueType.Int8,
        TypeCode.UInt16 => GgufValueType.UInt16,
        TypeCode.Int16 => GgufValueType.Int16,
        TypeCode.UInt32 => GgufValueType.UInt32,
        TypeCode.Int32 => GgufValueType.Int32,
        TypeCode.Single => GgufValueType.Float32,
        TypeCode.Boolean => GgufValueType.Boolean,
        TypeCode.String => GgufValueType.String,
        TypeCode.UInt64 => GgufValueType.UInt64,
        TypeCode.Int64 => GgufValueType.Int64,
        TypeCode.Double => GgufValueType.Float64,
        _ => throw new ArgumentException($"GGUF has no {type}.", nameof(type)),
    };
}
