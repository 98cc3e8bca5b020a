using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace KernelFoundry.Inference.Formats;

/// <summary>
/// One metadata entry, read in place: a scalar, a string or an array. Readers of an element take its index; a scalar is
/// element 0. Valid until the <see cref="GgufFile"/> is disposed.
/// </summary>
public readonly struct GgufValue
{
    private readonly GgufContent _content;
    private readonly long _entry;
    private readonly long _data;

    internal GgufValue(GgufContent content, long entry)
    {
        _content = content;
        _entry = entry;
        long type = entry + sizeof(ulong) + content.Text(entry).Length;
        Type = (GgufValueType)content.UInt32(type);
        if (Type == GgufValueType.Array)
        {
            ElementType = (GgufValueType)content.UInt32(type + 4);
            Count = (int)content.UInt64(type + 8);
            _data = type + 16;
        }
        else
        {
            ElementType = Type;
            Count = 1;
            _data = type + 4;
        }
    }

    /// <summary>The key.</summary>
    public string Key => Encoding.UTF8.GetString(KeyBytes);

    /// <summary>The key as UTF-8.</summary>
    public ReadOnlySpan<byte> KeyBytes => _content.Text(_entry);

    /// <summary>Type of the entry.</summary>
    public GgufValueType Type { get; }

    /// <summary>Type of an array's elements; of a scalar, its own.</summary>
    public GgufValueType ElementType { get; }

    /// <summary>Number of elements of an array; 1 for a scalar.</summary>
    public int Count { get; }

    /// <summary>True for an array.</summary>
    public bool IsArray => Type == GgufValueType.Array;

    /// <summary>An integer of any width.</summary>
    /// <exception cref="InvalidModelException">The elements are not integers, or the value exceeds a signed 64-bit integer.</exception>
    public long GetInt64(int index = 0)
    {
        CheckIndex(index);
        switch (ElementType)
        {
            case GgufValueType.UInt8: return Element(index, 1)[0];
            case GgufValueType.Int8: return (sbyte)Element(index, 1)[0];
            case GgufValueType.UInt16: return BinaryPrimitives.ReadUInt16LittleEndian(Element(index, 2));
            case GgufValueType.Int16: return BinaryPrimitives.ReadInt16LittleEndian(Element(index, 2));
            case GgufValueType.UInt32: return BinaryPrimitives.ReadUInt32LittleEndian(Element(index, 4));
            case GgufValueType.Int32: return BinaryPrimitives.ReadInt32LittleEndian(Element(index, 4));
            case GgufValueType.Int64: return BinaryPrimitives.ReadInt64LittleEndian(Element(index, 8));
            case GgufValueType.UInt64:
                ulong value = BinaryPrimitives.ReadUInt64LittleEndian(Element(index, 8));
                return value <= long.MaxValue ? (long)value : throw Error(GgufCursor.Text(value), $"at most {long.MaxValue}");
            default:
                throw Error(Describe(), "an integer");
        }
    }

    /// <summary>A 32-bit or 64-bit float.</summary>
    /// <exception cref="InvalidModelException">The elements are not floats.</exception>
    public double GetDouble(int index = 0)
    {
        CheckIndex(index);
        return ElementType switch
        {
            GgufValueType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(Element(index, 4)),
            GgufValueType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(Element(index, 8)),
            _ => throw Error(Describe(), "a float"),
        };
    }

    /// <summary>A boolean.</summary>
    /// <exception cref="InvalidModelException">The elements are not booleans.</exception>
    public bool GetBoolean(int index = 0)
    {
        CheckIndex(index);
        return ElementType == GgufValueType.Boolean ? Element(index, 1)[0] != 0 : throw Error(Describe(), "a boolean");
    }

    /// <summary>A string that is not an array, as the bytes in the file (UTF-8 where the writer kept the rules).</summary>
    /// <exception cref="InvalidModelException">The value is not a string.</exception>
    public ReadOnlySpan<byte> GetStringBytes() => Type == GgufValueType.String ? _content.Text(_data) : throw Error(Describe(), "a string");

    /// <summary>A string that is not an array; invalid UTF-8 becomes U+FFFD.</summary>
    /// <exception cref="InvalidModelException">The value is not a string.</exception>
    public string GetString() => Encoding.UTF8.GetString(GetStringBytes());

    /// <summary>The strings of an array, decoded when asked for.</summary>
    /// <exception cref="InvalidModelException">The value is not an array of strings.</exception>
    public GgufStringArray GetStrings() =>
        IsArray && ElementType == GgufValueType.String
            ? new GgufStringArray(_content, _data, Count)
            : throw Error(Describe(), "an array of strings");

    /// <summary>The floats of an array; 64-bit ones are rounded.</summary>
    /// <exception cref="InvalidModelException">The value is not an array of floats.</exception>
    public float[] GetSingles()
    {
        if (!IsArray || ElementType is not (GgufValueType.Float32 or GgufValueType.Float64))
            throw Error(Describe(), "an array of floats");
        var values = new float[Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)GetDouble(i);
        return values;
    }

    /// <summary>The integers of an array of 32-bit or 64-bit integers.</summary>
    /// <exception cref="InvalidModelException">The value is no such array, or an element exceeds a signed 32-bit integer.</exception>
    public int[] GetInt32s()
    {
        if (!IsArray || ElementType is not (GgufValueType.Int32 or GgufValueType.UInt32 or GgufValueType.Int64 or GgufValueType.UInt64))
            throw Error(Describe(), "an array of 32-bit or 64-bit integers");
        var values = new int[Count];
        for (int i = 0; i < values.Length; i++)
        {
            long value = GetInt64(i);
            values[i] = value is >= int.MinValue and <= int.MaxValue
                ? (int)value
                : throw Error($"{value} at index {i}", "a signed 32-bit integer");
        }

        return values;
    }

    /// <summary>The value for people: an array as its element type and count.</summary>
    public override string ToString() => Type switch
    {
        GgufValueType.Array => Describe(),
        GgufValueType.String => InvalidModelException.Quote(GetStringBytes()),
        GgufValueType.Boolean => GetBoolean() ? "true" : "false",
        GgufValueType.Float32 => ((float)GetDouble()).ToString(CultureInfo.InvariantCulture),
        GgufValueType.Float64 => GetDouble().ToString(CultureInfo.InvariantCulture),
        GgufValueType.UInt64 => GgufCursor.Text(_content.UInt64(_data)),
        _ => GetInt64().ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The whole entry as the file has it: key, type and value.</summary>
    internal ReadOnlySpan<byte> RawBytes
    {
        get
        {
            long end = _data;
            if (ElementType == GgufValueType.String)
            {
                for (int i = 0; i < Count; i++)
                    end += sizeof(ulong) + _content.Text(end).Length;
            }
            else
            {
                end += (long)Count * GgufMetadata.ElementBytes(ElementType);
            }

            return _content.Span(_entry, checked((int)(end - _entry)));
        }
    }

    /// <summary>The exception that says this entry is wrong.</summary>
    internal InvalidModelException Error(string found, string expected) =>
        new(_content.Name, $"metadata key {InvalidModelException.Quote(KeyBytes)}", found, expected);

    internal string Describe() => IsArray ? $"an array of {Count} {ElementType} values" : $"of type {Type}";

    private void CheckIndex(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
    }

    private ReadOnlySpan<byte> Element(int index, int size) => _content.Span(_data + (long)index * size, size);
}
