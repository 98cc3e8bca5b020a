using System.Buffers.Binary;
using System.Text;

namespace KernelFoundry.Inference.Tests.Formats;

/// <summary>Writes safetensors files for tests, right ones and, with a header of the test's own, wrong ones.</summary>
internal sealed class SafetensorsBuilder
{
    private readonly List<(string Name, string Type, long[] Shape, byte[] Data)> _tensors = [];

    public Dictionary<string, string> Metadata { get; } = new() { ["format"] = "pt" };

    public SafetensorsBuilder Add(string name, string type, long[] shape, byte[] data)
    {
        _tensors.Add((name, type, shape, data));
        return this;
    }

    public byte[] Build()
    {
        var header = new StringBuilder("{\"__metadata__\":{").AppendJoin(',', Metadata.Select(entry => $"\"{entry.Key}\":\"{entry.Value}\"")).Append('}');
        long offset = 0;
        foreach (var (name, type, shape, data) in _tensors)
        {
            header.Append($",\"{name}\":{{\"dtype\":\"{type}\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{offset},{offset + data.Length}]}}");
            offset += data.Length;
        }

        // As the format's writer does, so that data begins at a multiple of 8.
        header.Append('}').Append(' ', (8 - (header.Length % 8)) % 8);
        return Raw(header.ToString(), [.. _tensors.SelectMany(tensor => tensor.Data)]);
    }

    /// <summary>A file of a header and data, whatever they say.</summary>
    public static byte[] Raw(string header, byte[] data, ulong? length = null)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[sizeof(ulong) + utf8.Length + data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length ?? (ulong)utf8.Length);
        utf8.CopyTo(bytes, sizeof(ulong));
        data.CopyTo(bytes, sizeof(ulong) + utf8.Length);
        return bytes;
    }
}
