using System.Collections;
using System.Text;

namespace KernelFoundry.Inference.Formats;

/// <summary>
/// The metadata of a GGUF file: typed values by key. Integers may have any width in the file as long as the value fits what is
/// asked for. <c>Get</c> demands the key; <c>TryGet</c> returns false where it is absent. Both throw
/// <see cref="InvalidModelException"/> for a value of another type. Valid until the <see cref="GgufFile"/> is disposed.
/// </summary>
public sealed class GgufMetadata : IReadOnlyList<GgufValue>
{
    // Key of one byte, type, value of one byte.
    internal const int MinimumEntryBytes = sizeof(ulong) + 1 + sizeof(uint) + 1;
    private const int StackName = 256;
    private readonly GgufContent _content;
    private readonly GgufNameIndex _index;

    internal GgufMetadata(GgufContent content, ref GgufCursor cursor, int count)
    {
        _content = content;
        var positions = new long[count];
        for (int i = 0; i < count; i++)
        {
            positions[i] = cursor.ReadName("metadata key", i);
            SkipValue(ref cursor);
        }

        cursor.Subject = "";
        _index = new GgufNameIndex(content, positions);
        int duplicate = _index.FindDuplicate();
        if (duplicate >= 0)
        {
            string key = InvalidModelException.Quote(content.Text(positions[duplicate]));
            throw cursor.Error($"metadata entry number {duplicate}", $"a second {key}", "every key once");
        }
    }

    /// <summary>Number of entries.</summary>
    public int Count => _index.Count;

    /// <summary>Entry <paramref name="index"/>, in file order.</summary>
    public GgufValue this[int index] => new(_content, _index.Position(index));

    /// <summary>The entry called <paramref name="key"/>.</summary>
    public bool TryGetValue(string key, out GgufValue value)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> stack = stackalloc byte[StackName];
        if (!Encoding.UTF8.TryGetBytes(key, stack, out int length))
            stack = Encoding.UTF8.GetBytes(key);
        else
            stack = stack[..length];
        int index = _index.Find(stack);
        value = index < 0 ? default : this[index];
        return index >= 0;
    }

    /// <summary>True where the file has <paramref name="key"/>.</summary>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <summary>The entry called <paramref name="key"/>, of any type.</summary>
    public GgufValue GetValue(string key) => TryGetValue(key, out var value) ? value : throw Missing(key, "a value");

    /// <summary>A string.</summary>
    public string GetString(string key) => TryGetString(key, out string? value) ? value : throw Missing(key, "a string");

    /// <summary>An integer from 0 to 2^32 - 1.</summary>
    public uint GetUInt32(string key) => TryGetUInt32(key, out uint value) ? value : throw Missing(key, "an unsigned integer");

    /// <summary>An integer.</summary>
    public long GetInt64(string key) => TryGetInt64(key, out long value) ? value : throw Missing(key, "an integer");

    /// <summary>A float.</summary>
    public float GetSingle(string key) => TryGetSingle(key, out float value) ? value : throw Missing(key, "a float");

    /// <summary>A boolean.</summary>
    public bool GetBoolean(string key) => TryGetBoolean(key, out bool value) ? value : throw Missing(key, "a boolean");

    /// <summary>An array of strings.</summary>
    public GgufStringArray GetStrings(string key) =>
        TryGetStrings(key, out var value) ? value : throw Missing(key, "an array of strings");

    /// <summary>An array of floats.</summary>
    public float[] GetSingles(string key) => TryGetSingles(key, out float[]? value) ? value : throw Missing(key, "an array of floats");

    /// <summary>An array of integers.</summary>
    public int[] GetInt32s(string key) => TryGetInt32s(key, out int[]? value) ? value : throw Missing(key, "an array of integers");

    /// <summary>A string, where the key is present.</summary>
    public bool TryGetString(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
    {
        value = TryGetValue(key, out var entry) ? entry.GetString() : null;
        return value is not null;
    }

    /// <summary>An integer from 0 to 2^32 - 1, where the key is present.</summary>
    public bool TryGetUInt32(string key, out uint value)
    {
        value = 0;
        if (!TryGetValue(key, out var entry))
            return false;
        long integer = Scalar(entry, "an unsigned integer").GetInt64();
        value = integer is >= 0 and <= uint.MaxValue
            ? (uint)integer
            : throw entry.Error($"{integer}", $"an integer from 0 to {uint.MaxValue}");
        return true;
    }

    /// <summary>An integer, where the key is present.</summary>
    public bool TryGetInt64(string key, out long value)
    {
        bool found = TryGetValue(key, out var entry);
        value = found ? Scalar(entry, "an integer").GetInt64() : 0;
        return found;
    }

    /// <summary>A float, where the key is present.</summary>
    public bool TryGetSingle(string key, out float value)
    {
        bool found = TryGetValue(key, out var entry);
        value = found ? (float)Scalar(entry, "a float").GetDouble() : 0;
        return found;
    }

    /// <summary>A boolean, where the key is present.</summary>
    public bool TryGetBoolean(string key, out bool value)
    {
        bool found = TryGetValue(key, out var entry);
        value = found && Scalar(entry, "a boolean").GetBoolean();
        return found;
    }

    /// <summary>An array of strings, where the key is present.</summary>
    public bool TryGetStrings(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out GgufStringArray? value)
    {
        value = TryGetValue(key, out var entry) ? entry.GetStrings() : null;
        return value is not null;
    }

    /// <summary>An array of floats, where the key is present.</summary>
    public bool TryGetSingles(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out float[]? value)
    {
        value = TryGetValue(key, out var entry) ? entry.GetSingles() : null;
        return value is not null;
    }

    /// <summary>An array of integers, where the key is present.</summary>
    public bool TryGetInt32s(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out int[]? value)
    {
        value = TryGetValue(key, out var entry) ? entry.GetInt32s() : null;
        return value is not null;
    }

    /// <summary>All entries, in file order.</summary>
    public IEnumerator<GgufValue> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private InvalidModelException Missing(string key, string expected) => new(_content.Name, $"metadata key '{key}'", "absent", expected);

    private static GgufValue Scalar(GgufValue value, string expected) =>
        value.IsArray ? throw value.Error(value.Describe(), expected) : value;

    private void SkipValue(ref GgufCursor cursor)
    {
        var type = ReadType(ref cursor, "its type");
        if (type != GgufValueType.Array)
        {
            SkipElements(ref cursor, type, 1);
            return;
        }

        var element = ReadType(ref cursor, "its element type");
        if (element == GgufValueType.Array)
            throw cursor.Error("its element type", "an array", "an array that is not nested");
        int count = cursor.ReadCount("its element count", element == GgufValueType.String ? sizeof(ulong) : ElementBytes(element));
        SkipElements(ref cursor, element, count);
    }

    private static GgufValueType ReadType(ref GgufCursor cursor, string field)
    {
        uint type = cursor.ReadUInt32(field);
        return type <= (uint)GgufValueType.Float64
            ? (GgufValueType)type
            : throw cursor.Error(field, $"the unknown id {type}", $"0 to {(int)GgufValueType.Float64}");
    }

    private void SkipElements(ref GgufCursor cursor, GgufValueType type, int count)
    {
        if (type == GgufValueType.String)
        {
            for (int i = 0; i < count; i++)
                cursor.SkipText("its string");
            return;
        }

        long start = cursor.Position;
        cursor.Skip((long)count * ElementBytes(type), "its value");
        if (type == GgufValueType.Boolean)
        {
            int other = _content.Span(start, count).IndexOfAnyExceptInRange((byte)0, (byte)1);
            if (other >= 0)
                throw cursor.Error("its value", $"a boolean byte of {_content.Span(start + other, 1)[0]}", "0 or 1");
        }
    }

    internal static int ElementBytes(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Boolean => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a type of fixed size."),
    };
}
