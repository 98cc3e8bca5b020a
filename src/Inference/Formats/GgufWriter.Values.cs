using System.Runtime.InteropServices;
using System.Text;

namespace KernelFoundry.Inference.Formats;

/// <summary>Metadata of further types.</summary>
public sealed partial class GgufWriter
{
    /// <inheritdoc cref="Set(string, uint)"/>
    public void Set(string key, bool value) => Put(key, Entry(key, GgufValueType.Boolean, [value ? (byte)1 : (byte)0]));

    /// <inheritdoc cref="Set(string, uint)"/>
    public void Set(string key, ReadOnlySpan<float> value) => Put(key, Array(key, GgufValueType.Float32, value.Length, MemoryMarshal.AsBytes(value)));

    /// <inheritdoc cref="Set(string, uint)"/>
    public void Set(string key, ReadOnlySpan<int> value) => Put(key, Array(key, GgufValueType.Int32, value.Length, MemoryMarshal.AsBytes(value)));

    /// <summary>Sets an array of strings, in place of an entry of the same key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The strings, as UTF-8.</param>
    public void Set(string key, IEnumerable<byte[]> value)
    {
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload, Encoding.UTF8, leaveOpen: true);
        int count = 0;
        foreach (byte[] text in value)
        {
            writer.Write((ulong)text.Length);
            writer.Write(text);
            count++;
        }

        writer.Flush();
        Put(key, Array(key, GgufValueType.String, count, payload.GetBuffer().AsSpan(0, (int)payload.Length)));
    }

    private static byte[] Array(string key, GgufValueType type, int count, ReadOnlySpan<byte> elements)
    {
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload);
        writer.Write((uint)type);
        writer.Write((ulong)count);
        writer.Write(elements);
        writer.Flush();
        return Entry(key, GgufValueType.Array, payload.ToArray());
    }
}
