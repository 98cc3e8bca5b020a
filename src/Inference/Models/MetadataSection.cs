using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Models;

/// <summary>The metadata entries of one architecture: their keys begin with its name. Readers check what they read.</summary>
internal readonly struct MetadataSection(GgufFile file, string architecture)
{
    /// <summary>The whole key.</summary>
    public string Key(string key) => $"{architecture}.{key}";

    public bool Has(string key) => file.Metadata.ContainsKey(Key(key));

    /// <summary>A count from 1 to 2^31 - 1.</summary>
    public int Count(string key)
    {
        long value = file.Metadata.GetUInt32(Key(key));
        return value is >= 1 and <= int.MaxValue ? (int)value : throw Error(key, $"{value}", $"1 to {int.MaxValue}");
    }

    /// <summary>A count, or <paramref name="absent"/> where the file is silent.</summary>
    public int Count(string key, int absent) => Has(key) ? Count(key) : absent;

    /// <summary>A finite float above zero.</summary>
    public float Positive(string key)
    {
        float value = file.Metadata.GetSingle(Key(key));
        return value > 0 && float.IsFinite(value) ? value : throw Error(key, $"{value}", "a finite number above 0");
    }

    /// <summary>A finite float above zero, or <paramref name="absent"/> where the file is silent.</summary>
    public float Positive(string key, float absent) => Has(key) ? Positive(key) : absent;

    /// <summary>A finite float that is not 0, or <paramref name="absent"/> where the file is silent.</summary>
    public float Factor(string key, float absent)
    {
        if (!Has(key))
            return absent;
        float value = file.Metadata.GetSingle(Key(key));
        return value != 0 && float.IsFinite(value) ? value : throw Error(key, $"{value}", "a finite number that is not 0");
    }

    /// <summary>A finite float from zero on, or <paramref name="absent"/> where the file is silent.</summary>
    public float NotNegative(string key, float absent)
    {
        if (!Has(key))
            return absent;
        float value = file.Metadata.GetSingle(Key(key));
        return value >= 0 && float.IsFinite(value) ? value : throw Error(key, $"{value}", "a finite number from 0 on");
    }

    /// <summary>A truth value, or <paramref name="absent"/> where the file is silent.</summary>
    public bool Truth(string key, bool absent) => Has(key) ? file.Metadata.GetBoolean(Key(key)) : absent;

    /// <summary>A count that may be 0, which is also what the file's silence means.</summary>
    public int CountOrNone(string key) => Has(key) && file.Metadata.GetUInt32(Key(key)) == 0 ? 0 : Count(key, 0);

    /// <summary>A string, or <paramref name="absent"/> where the file is silent.</summary>
    public string Text(string key, string absent) => file.Metadata.TryGetString(Key(key), out string? value) ? value : absent;

    /// <summary>The exception that says an entry is wrong; where the file is silent, a default was.</summary>
    public InvalidModelException Error(string key, string found, string expected) =>
        file.Metadata.TryGetValue(Key(key), out var value)
            ? value.Error(found, expected)
            : new InvalidModelException(file.Name, $"metadata key '{Key(key)}'", $"absent, which means {found}", expected);
}
