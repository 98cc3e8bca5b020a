using KernelFoundry.Inference.Tokenizers.Files.Json;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>How one entry of GGUF's metadata follows from <c>config.json</c>.</summary>
/// <param name="Key">The key, after the architecture's name.</param>
/// <param name="Value">The value: an unsigned integer, float, truth value or text; null where the file is silent.</param>
internal sealed record MetadataRule(string Key, Func<JsonField, object?> Value)
{
    /// <summary>A count that must be there, under the first of the names that is.</summary>
    public static MetadataRule Count(string key, params string[] names) =>
        new(key, config => Unsigned(Find(config, names) ?? throw config[names[0]].Error("absent", "a whole number from 0 up")));

    /// <summary>A count, where there is one.</summary>
    public static MetadataRule OptionalCount(string key, params string[] names) =>
        new(key, config => Find(config, names) is { } field ? Unsigned(field) : null);

    /// <summary>A float, where there is one.</summary>
    public static MetadataRule OptionalReal(string key, params string[] names) =>
        new(key, config => Find(config, names) is { } field ? (float)field.Number() : null);

    /// <summary>A truth value, where there is one.</summary>
    public static MetadataRule OptionalFlag(string key, string name) =>
        new(key, config => config[name].IsNull ? null : config[name].Boolean(false));

    /// <summary>The same for every model.</summary>
    public static MetadataRule Constant(string key, object value) => new(key, _ => value);

    /// <summary>No entry, but a field that must have a certain value where it is there: what another asks for is not built.</summary>
    public static MetadataRule Check(string field, Func<JsonField, bool> fits, string expected) => new("", config =>
        Find(config, field) is not { } given || fits(given) ? null : throw given.Error(given.Describe(), expected));

    /// <summary>The first of some fields that is there. A dot leads into an object.</summary>
    public static JsonField? Find(JsonField config, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            JsonField field = config;
            foreach (string part in name.Split('.'))
                field = field.IsObject ? field[part] : default;
            if (!field.IsNull)
                return field;
        }

        return null;
    }

    /// <summary>A whole number from 0 up.</summary>
    public static uint Unsigned(JsonField field)
    {
        int value = field.Integer();
        return value >= 0 ? (uint)value : throw field.Error($"{value}", "a whole number from 0 up");
    }

    /// <summary>A count above 0 that must be there.</summary>
    public static int Positive(JsonField config, params ReadOnlySpan<string> names)
    {
        JsonField field = Find(config, names) ?? config[names[0]];
        int value = field.Integer();
        return value > 0 ? value : throw field.Error($"{value}", "a whole number from 1 up");
    }
}
