using System.Globalization;
using System.Text.Json;

namespace KernelFoundry.Inference.Tokenizers.Files.Json;

/// <summary>A value in a JSON file, and the way to it, so that an error names it. Readers throw <see cref="InvalidModelException"/>.</summary>
internal readonly struct JsonField
{
    private readonly JsonElement _element;
    private readonly string _file;
    private readonly string _path;

    public JsonField(JsonElement element, string file, string path)
    {
        _element = element;
        _file = file;
        _path = path;
    }

    /// <summary>True for null, and where an object does not have the property.</summary>
    public bool IsNull => _element.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    public bool IsString => _element.ValueKind == JsonValueKind.String;

    public bool IsObject => _element.ValueKind == JsonValueKind.Object;

    public bool IsArray => _element.ValueKind == JsonValueKind.Array;

    public bool IsNumber => _element.ValueKind == JsonValueKind.Number;

    /// <summary>A property; null where it is absent.</summary>
    public JsonField this[string name]
    {
        get
        {
            try
            {
                return new JsonField(Kind(JsonValueKind.Object, "an object").TryGetProperty(name, out var value) ? value : default,
                    _file, _path.Length == 0 ? name : $"{_path}.{name}");
            }
            catch (InvalidOperationException)
            {
                throw Error("an object with a name that has half a surrogate pair", "Unicode text");
            }
        }
    }

    public string String()
    {
        try
        {
            return Kind(JsonValueKind.String, "a string").GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Error("a string with half a surrogate pair", "Unicode text");
        }
    }

    public string? OptionalString() => IsNull ? null : String();

    public bool Boolean(bool absent) => _element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ when IsNull => absent,
        _ => throw Error(Describe(), "true or false"),
    };

    public int Integer() => Kind(JsonValueKind.Number, "an integer").TryGetInt32(out int value) ? value : throw Error(Describe(), "an integer of 32 bits");

    public double Number() => Kind(JsonValueKind.Number, "a number").TryGetDouble(out double value) && double.IsFinite(value)
        ? value
        : throw Error(Describe(), "a finite number");

    /// <summary>The elements of an array; none where it is absent.</summary>
    public IEnumerable<JsonField> Elements()
    {
        if (IsNull)
            yield break;
        int index = 0;
        foreach (var element in Kind(JsonValueKind.Array, "an array").EnumerateArray())
            yield return new JsonField(element, _file, string.Create(CultureInfo.InvariantCulture, $"{_path}[{index++}]"));
    }

    /// <summary>Number of elements of an array.</summary>
    public int Count => Kind(JsonValueKind.Array, "an array").GetArrayLength();

    /// <summary>The properties of an object, in order.</summary>
    public IEnumerable<(string Name, JsonField Value)> Properties()
    {
        foreach (var property in Kind(JsonValueKind.Object, "an object").EnumerateObject())
        {
            string name;
            try
            {
                name = property.Name;
            }
            catch (InvalidOperationException)
            {
                throw Error("an object with a name that has half a surrogate pair", "Unicode text");
            }

            yield return (name, new JsonField(property.Value, _file, _path));
        }
    }

    /// <summary>The exception that says this value is wrong.</summary>
    public InvalidModelException Error(string found, string expected) => new(_file, _path.Length == 0 ? "the file" : $"'{_path}'", found, expected);

    /// <summary>What stands there, for messages.</summary>
    public string Describe() => _element.ValueKind switch
    {
        JsonValueKind.Undefined => "absent",
        JsonValueKind.String or JsonValueKind.Number => InvalidModelException.Quote(System.Text.Encoding.UTF8.GetBytes(_element.GetRawText())),
        _ => $"{_element.ValueKind}".ToLowerInvariant(),
    };

    private JsonElement Kind(JsonValueKind kind, string expected) => _element.ValueKind == kind ? _element : throw Error(Describe(), expected);
}
