using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Models;

/// <summary>The storage types that weights may have. A new one is one line of the table.</summary>
internal static class WeightFormats
{
    private static readonly SortedDictionary<GgmlType, Func<DeviceMemory, int, int, WeightMatrix>> s_formats = new()
    {
        [GgmlType.F32] = Create<float>,
        [GgmlType.F16] = Create<Half>,
        [GgmlType.BF16] = Create<BFloat16>,
        [GgmlType.Q8_0] = Create<Q8_0>,
        [GgmlType.Q4_0] = Create<Q4_0>,
    };

    /// <summary>The types, for messages.</summary>
    public static string Supported => string.Join(", ", s_formats.Keys);

    public static bool IsSupported(GgmlType type) => s_formats.ContainsKey(type);

    /// <summary>The matrix whose elements are the contents of <paramref name="memory"/>.</summary>
    public static WeightMatrix Create(GgmlType type, DeviceMemory memory, int rows, int columns) => s_formats[type](memory, rows, columns);

    private static WeightMatrix<TWeight> Create<TWeight>(DeviceMemory memory, int rows, int columns)
        where TWeight : unmanaged => new(new View2<TWeight>(memory, 0, rows, columns));
}
