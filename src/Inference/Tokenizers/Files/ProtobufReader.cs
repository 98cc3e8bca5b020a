namespace KernelFoundry.Inference.Tokenizers.Files;

/// <summary>
/// Reads a Protocol Buffers message field by field (protobuf.dev, "Encoding"). Groups, which no file here has, are refused.
/// </summary>
/// <param name="content">The message.</param>
/// <param name="file">The file's name, for messages.</param>
/// <param name="field">What the message is, for messages.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> content, string file, string field)
{
    private readonly ReadOnlySpan<byte> _content = content;
    private ReadOnlySpan<byte> _bytes;
    private ulong _integer;
    private int _at;

    private enum WireType
    {
        Varint = 0,
        Fixed64 = 1,
        Bytes = 2,
        Fixed32 = 5,
    }

    /// <summary>Number of the field at hand.</summary>
    public int Number { get; private set; }

    /// <summary>Its value, of a field that is bytes, text or a message.</summary>
    public ReadOnlySpan<byte> Bytes => Type == WireType.Bytes ? _bytes : throw Wrong("bytes");

    /// <summary>Its value, of a field that is an integer or a boolean.</summary>
    public ulong Integer => Type == WireType.Varint ? _integer : throw Wrong("an integer");

    /// <summary>Its value, of a field that is a float.</summary>
    public float Single => Type == WireType.Fixed32 ? BitConverter.UInt32BitsToSingle((uint)_integer) : throw Wrong("a float");

    private WireType Type { get; set; }

    /// <summary>Goes to the next field.</summary>
    /// <exception cref="InvalidModelException">The message is malformed.</exception>
    public bool MoveNext()
    {
        if (_at == _content.Length)
            return false;
        ulong tag = ReadVarint();
        Type = (WireType)(tag & 7);
        if (tag >> 3 is 0 or > int.MaxValue)
            throw Error($"a field number of {tag >> 3} at byte {_at}");
        Number = (int)(tag >> 3);
        switch (Type)
        {
            case WireType.Varint:
                _integer = ReadVarint();
                break;
            case WireType.Fixed64:
                _integer = BitConverter.ToUInt64(Take(sizeof(ulong)));
                break;
            case WireType.Fixed32:
                _integer = BitConverter.ToUInt32(Take(sizeof(uint)));
                break;
            case WireType.Bytes:
                ulong length = ReadVarint();
                if (length > (ulong)(_content.Length - _at))
                    throw Error($"cut off: {length} bytes are announced at byte {_at}, {_content.Length - _at} are left");
                _bytes = Take((int)length);
                break;
            default:
                throw Error($"of wire type {(int)Type} at byte {_at}");
        }

        return true;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte b = Take(1)[0];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }

        throw Error($"an integer of more than 64 bits at byte {_at}");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _content.Length - _at)
            throw Error($"cut off at byte {_at}");
        var taken = _content.Slice(_at, count);
        _at += count;
        return taken;
    }

    private readonly InvalidModelException Error(string found) => new(file, field, found, "a Protocol Buffers message");

    private readonly InvalidModelException Wrong(string expected) => new(file, $"{field}, field {Number}", $"of wire type {(int)Type}", expected);
}
