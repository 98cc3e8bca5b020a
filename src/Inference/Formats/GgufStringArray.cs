using System.Text;

namespace KernelFoundry.Inference.Formats;

/// <summary>
/// The strings of a metadata array, left in the file. Vocabularies hold 150,000 of them, so no string is made before it is
/// asked for, and finding one walks at most <see cref="Stride"/> - 1 lengths from a recorded position.
/// </summary>
public sealed class GgufStringArray
{
    private const int Stride = 16;
    private readonly GgufContent _content;
    private readonly long[] _positions;

    internal GgufStringArray(GgufContent content, long start, int count)
    {
        _content = content;
        Count = count;
        _positions = new long[(count + (Stride - 1L)) / Stride];
        long position = start;
        for (int i = 0; i < count; i++)
        {
            if (i % Stride == 0)
                _positions[i / Stride] = position;
            int length = content.Text(position).Length;
            ByteLength += length;
            position += sizeof(ulong) + length;
        }
    }

    /// <summary>Number of strings.</summary>
    public int Count { get; }

    /// <summary>Bytes of all strings together.</summary>
    public long ByteLength { get; }

    /// <summary>String <paramref name="index"/> as the bytes in the file. Valid until the file is disposed.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            long position = _positions[index / Stride];
            for (int i = index % Stride; i > 0; i--)
                position += sizeof(ulong) + _content.Text(position).Length;
            return _content.Text(position);
        }
    }

    /// <summary>String <paramref name="index"/>; invalid UTF-8 becomes U+FFFD.</summary>
    public string GetString(int index) => Encoding.UTF8.GetString(this[index]);
}
