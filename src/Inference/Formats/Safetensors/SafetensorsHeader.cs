using System.Text;
using System.Text.Json;

namespace KernelFoundry.Inference.Formats.Safetensors;

/// <summary>
/// Reads the header of a safetensors file: a JSON object with, for each tensor, <c>dtype</c>, <c>shape</c> and <c>data_offsets</c>, and texts
/// under <c>__metadata__</c>. Token by token, so that memory is a small multiple of the header's own bytes.
/// </summary>
internal ref struct SafetensorsHeader
{
    private const string MetadataKey = "__metadata__";
    private const int MaximumDepth = 4;

    // Sixteen axes are more than any framework's tensors have.
    private const int MaximumRank = 16;
    private readonly string _file;
    private readonly ContentPart _part;
    private readonly long _dataStart;
    private Utf8JsonReader _json;
    private string _tensor = "";

    private SafetensorsHeader(ReadOnlySpan<byte> json, long dataStart, ContentPart part, string file)
    {
        (_dataStart, _part, _file) = (dataStart, part, file);
        _json = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaximumDepth });
    }

    public static (Dictionary<string, string> Metadata, List<SafetensorsTensor> Tensors) Read(
        ReadOnlySpan<byte> json, long dataStart, ContentPart part, string file)
    {
        // The format wants the object first, so that a file cannot be two things at once.
        if (json[0] != '{')
            throw new InvalidModelException(file, "the header", InvalidModelException.Quote(json[..Math.Min(16, json.Length)]), "a JSON object");
        var header = new SafetensorsHeader(json, dataStart, part, file);
        try
        {
            return header.Read();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text whose escapes are no Unicode.
            throw new InvalidModelException(file, $"the header at byte {header._json.BytesConsumed}", "not JSON of a header", $"JSON nested at most {MaximumDepth} deep");
        }
    }

    private (Dictionary<string, string> Metadata, List<SafetensorsTensor> Tensors) Read()
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var tensors = new List<SafetensorsTensor>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        Next(JsonTokenType.StartObject);
        while (Next() != JsonTokenType.EndObject)
        {
            string name = _json.GetString()!;
            _tensor = name;
            if (!names.Add(name))
                throw Error("its name", "there twice", "every name once");
            Next(JsonTokenType.StartObject);
            if (name == MetadataKey)
                ReadMetadata(metadata);
            else
                tensors.Add(ReadTensor(name));
        }

        if (_json.Read())
            throw new JsonException();
        tensors.Sort((x, y) => x.Offset != y.Offset ? x.Offset.CompareTo(y.Offset) : x.ByteLength.CompareTo(y.ByteLength));
        CheckPlacement(tensors);
        return (metadata, tensors);
    }

    private void ReadMetadata(Dictionary<string, string> metadata)
    {
        while (Next() != JsonTokenType.EndObject)
        {
            string key = _json.GetString()!;
            metadata[key] = Next() == JsonTokenType.String ? _json.GetString()! : throw Error("its values", $"a {_json.TokenType}", "texts");
        }
    }

    private SafetensorsTensor ReadTensor(string name)
    {
        SafetensorsType? type = null;
        long[]? shape = null, offsets = null;
        while (Next() != JsonTokenType.EndObject)
        {
            switch (_json.GetString())
            {
                case "dtype" when type is null:
                    type = Next() == JsonTokenType.String ? SafetensorsType.Find(_json.GetString()!) : null;
                    if (type is null)
                        throw Error("its dtype", InvalidModelException.Quote(_json.ValueSpan), $"one of {string.Join(", ", SafetensorsType.Names)}");
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers("its shape", MaximumRank);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers("its data_offsets", 2);
                    break;
                case var field:
                    throw Error("its entry", $"with a field {InvalidModelException.Quote(Encoding.UTF8.GetBytes(field!))}", "dtype, shape and data_offsets, once each");
            }
        }

        if (type is null || shape is null || offsets is not { Length: 2 })
            throw Error("its entry", "incomplete", "dtype, shape and two data_offsets");
        UInt128 bits = (UInt128)type.Bits;
        foreach (long extent in shape)
        {
            if (extent != 0 && bits > (UInt128)long.MaxValue / (UInt128)extent)
                throw Error("its shape", $"[{string.Join(", ", shape)}]", "a size that a file can have");
            bits *= (UInt128)extent;
        }

        long room = _part.Length - _dataStart;
        if (offsets[0] > offsets[1] || offsets[1] > room)
            throw Error("its data_offsets", $"{offsets[0]} to {offsets[1]}", $"a place inside the {room} bytes of data");
        if (bits % 8 != 0 || (UInt128)(offsets[1] - offsets[0]) != bits / 8)
            throw Error("its data_offsets", $"{offsets[1] - offsets[0]} bytes", $"the {bits / 8} bytes of {type} [{string.Join(", ", shape)}]");
        return new SafetensorsTensor(_file, _part, name, type, shape, _dataStart + offsets[0], offsets[1] - offsets[0]);
    }

    private long[] ReadNumbers(string field, int most)
    {
        Next(JsonTokenType.StartArray);
        var numbers = new List<long>();
        while (Next() != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out long number) || number < 0)
                throw Error(field, InvalidModelException.Quote(_json.ValueSpan), $"whole numbers from 0 to {long.MaxValue}");
            if (numbers.Count == most)
                throw Error(field, $"more than {most} numbers", $"at most {most}");
            numbers.Add(number);
        }

        return [.. numbers];
    }

    // As the format says: the data is covered by tensors from its first byte to its last, each byte by one of them.
    private void CheckPlacement(List<SafetensorsTensor> tensors)
    {
        long end = _dataStart;
        foreach (var tensor in tensors)
        {
            if (tensor.Offset != end)
            {
                throw tensor.Error("its data_offsets", $"from {tensor.Offset - _dataStart}, {(tensor.Offset < end ? "inside another tensor's data" : "after a gap")}",
                    $"{end - _dataStart}, where the data before it ends");
            }

            end += tensor.ByteLength;
        }

        if (end != _part.Length)
            throw new InvalidModelException(_file, "the data", $"{_part.Length - _dataStart} bytes long", $"{end - _dataStart} bytes, as the tensors in the header say");
    }

    private JsonTokenType Next() => _json.Read() ? _json.TokenType : throw new JsonException();

    private void Next(JsonTokenType expected)
    {
        if (Next() != expected)
            throw new JsonException();
    }

    private readonly InvalidModelException Error(string field, string found, string expected) =>
        new(_file, $"tensor {InvalidModelException.Quote(Encoding.UTF8.GetBytes(_tensor))}, {field}", found, expected);
}
