namespace KernelFoundry.Inference.Formats.Safetensors;

/// <summary>Element type of a tensor in a safetensors file, by the name the file gives it.</summary>
/// <param name="Name">The name, as in "BF16".</param>
/// <param name="Bits">Bits of an element.</param>
/// <param name="Ggml">The storage type with the same bytes; null where there is none.</param>
public sealed record SafetensorsType(string Name, int Bits, GgmlType? Ggml = null)
{
    private static readonly Dictionary<string, SafetensorsType> s_types = new SafetensorsType[]
    {
        new("F32", 32, GgmlType.F32),
        new("F16", 16, GgmlType.F16),
        new("BF16", 16, GgmlType.BF16),
        new("F64", 64, GgmlType.F64),
        new("I8", 8, GgmlType.I8),
        new("I16", 16, GgmlType.I16),
        new("I32", 32, GgmlType.I32),
        new("I64", 64, GgmlType.I64),
        new("U8", 8),
        new("U16", 16),
        new("U32", 32),
        new("U64", 64),
        new("BOOL", 8),
        new("C64", 64),
        new("F8_E4M3", 8),
        new("F8_E5M2", 8),
        new("F8_E8M0", 8),
        new("F6_E2M3", 6),
        new("F6_E3M2", 6),
        new("F4", 4),
    }.ToDictionary(type => type.Name, StringComparer.Ordinal);

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> Names => s_types.Keys;

    /// <summary>The type of a name, or null.</summary>
    public static SafetensorsType? Find(string name) => s_types.GetValueOrDefault(name);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
