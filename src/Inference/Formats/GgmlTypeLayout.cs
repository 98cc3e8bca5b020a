namespace KernelFoundry.Inference.Formats;

/// <summary>How a <see cref="GgmlType"/> lies in memory: blocks of <paramref name="BlockSize"/> elements along a row.</summary>
/// <param name="Type">The storage type.</param>
/// <param name="BlockSize">Elements in a block; a row holds whole blocks.</param>
/// <param name="BlockBytes">Bytes of a block.</param>
public readonly record struct GgmlTypeLayout(GgmlType Type, int BlockSize, int BlockBytes)
{
    // Indexed by type id; a default entry is an id that no current writer uses.
    private static readonly GgmlTypeLayout[] s_table = Index(
    [
        new(GgmlType.F32, 1, 4),
        new(GgmlType.F16, 1, 2),
        new(GgmlType.Q4_0, 32, 18),
        new(GgmlType.Q4_1, 32, 20),
        new(GgmlType.Q5_0, 32, 22),
        new(GgmlType.Q5_1, 32, 24),
        new(GgmlType.Q8_0, 32, 34),
        new(GgmlType.Q8_1, 32, 36),
        new(GgmlType.Q2_K, 256, 84),
        new(GgmlType.Q3_K, 256, 110),
        new(GgmlType.Q4_K, 256, 144),
        new(GgmlType.Q5_K, 256, 176),
        new(GgmlType.Q6_K, 256, 210),
        new(GgmlType.Q8_K, 256, 292),
        new(GgmlType.IQ2_XXS, 256, 66),
        new(GgmlType.IQ2_XS, 256, 74),
        new(GgmlType.IQ3_XXS, 256, 98),
        new(GgmlType.IQ1_S, 256, 50),
        new(GgmlType.IQ4_NL, 32, 18),
        new(GgmlType.IQ3_S, 256, 110),
        new(GgmlType.IQ2_S, 256, 82),
        new(GgmlType.IQ4_XS, 256, 136),
        new(GgmlType.I8, 1, 1),
        new(GgmlType.I16, 1, 2),
        new(GgmlType.I32, 1, 4),
        new(GgmlType.I64, 1, 8),
        new(GgmlType.F64, 1, 8),
        new(GgmlType.IQ1_M, 256, 56),
        new(GgmlType.BF16, 1, 2),
        new(GgmlType.TQ1_0, 256, 54),
        new(GgmlType.TQ2_0, 256, 66),
        new(GgmlType.MXFP4, 32, 17),
    ]);

    /// <summary>Layout of <paramref name="type"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a member of <see cref="GgmlType"/>.</exception>
    public static GgmlTypeLayout Of(GgmlType type) =>
        TryGet((uint)type, out var layout) ? layout : throw new ArgumentOutOfRangeException(nameof(type), type, "Not a ggml type.");

    /// <summary>Layout of the type a file names by <paramref name="id"/>; false where the id is unknown.</summary>
    public static bool TryGet(uint id, out GgmlTypeLayout layout)
    {
        layout = id < (uint)s_table.Length ? s_table[id] : default;
        return layout.BlockSize > 0;
    }

    private static GgmlTypeLayout[] Index(ReadOnlySpan<GgmlTypeLayout> layouts)
    {
        var table = new GgmlTypeLayout[(int)layouts[^1].Type + 1];
        foreach (var layout in layouts)
            table[(int)layout.Type] = layout;
        return table;
    }
}
