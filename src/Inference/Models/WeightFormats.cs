using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Models;

/// <summary>The storage types that weights may have. A new one is one line of the table; numbers that are no blocks are named in CopiedBytes too.</summary>
internal static class WeightFormats
{
    private static readonly SortedDictionary<GgmlType, Func<Device, WeightPlace, WeightMatrix>> s_formats = new()
    {
        [GgmlType.F32] = Create<float>,
        [GgmlType.F16] = Create<Half>,
        [GgmlType.BF16] = Create<BFloat16>,
        [GgmlType.Q8_0] = Create<Q8_0>,
        [GgmlType.Q4_0] = Create<Q4_0>,
        [GgmlType.Q4_1] = Create<Q4_1>,
        [GgmlType.Q5_0] = Create<Q5_0>,
        [GgmlType.Q5_1] = Create<Q5_1>,
        [GgmlType.Q2_K] = Create<Q2_K>,
        [GgmlType.Q3_K] = Create<Q3_K>,
        [GgmlType.Q4_K] = Create<Q4_K>,
        [GgmlType.Q5_K] = Create<Q5_K>,
        [GgmlType.Q6_K] = Create<Q6_K>,
        [GgmlType.IQ4_NL] = Create<IQ4_NL>,
        [GgmlType.IQ4_XS] = Create<IQ4_XS>,
        [GgmlType.MXFP4] = Create<MXFP4>,
    };

    /// <summary>The types, for messages.</summary>
    public static string Supported => string.Join(", ", s_formats.Keys);

    public static bool IsSupported(GgmlType type) => s_formats.ContainsKey(type);

    /// <summary>What a matrix of a type takes where it is copied to be multiplied.</summary>
    public static long CopiedBytes(GgmlType type, long rows, long rowBytes)
    {
        bool isPacked = type is not (GgmlType.F32 or GgmlType.F16 or GgmlType.BF16);
        return checked((isPacked ? (rows + Panels.Rows - 1) / Panels.Rows * Panels.Rows : rows) * rowBytes);
    }

    /// <summary>The matrix of a type at a place: copied where the place says so, into panels if the type is one of blocks.</summary>
    public static WeightMatrix Create(GgmlType type, Device device, WeightPlace place) => s_formats[type](device, place);

    private static WeightMatrix Create<TWeight>(Device device, WeightPlace place)
        where TWeight : unmanaged
    {
        View2<TWeight> rows = place.Memory is { } memory ? new View2<TWeight>(memory, place.Offset, place.Rows, place.Columns) : default;
        if (place.Arena is not { } arena || place.Source is not { } source)
            return new WeightMatrix<TWeight>(rows, rows, null, place.Rows, place.Columns);
        if (Element<TWeight>.IsQuantized)
            return new WeightMatrix<TWeight>(rows, default, arena.Pack<TWeight>(place.Rows, place.Columns, source), place.Rows, place.Columns);
        if (place.InParts && place.Columns > ColumnParts.Longest)
            return new ColumnParts([.. ColumnParts.Of(place.Columns).Select(part => Part<TWeight>(place, arena, part.First, part.Count))]);
        return new WeightMatrix<TWeight>(rows, arena.Copy<TWeight>(place.Rows, place.Columns, source), null, place.Rows, place.Columns);
    }

    private static WeightMatrix<TWeight> Part<TWeight>(WeightPlace place, WeightArena arena, int first, int count)
        where TWeight : unmanaged
    {
        int length = (int)Element<TWeight>.Bytes(count);
        long rowBytes = Element<TWeight>.Bytes(place.Columns), before = Element<TWeight>.Bytes(first);
        return new WeightMatrix<TWeight>(default, arena.Copy<TWeight>(place.Rows, count, Read), null, place.Rows, count);

        void Read(long offset, Span<byte> destination)
        {
            (long row, long within) = Math.DivRem(offset, length);
            while (!destination.IsEmpty)
            {
                int bytes = (int)Math.Min(destination.Length, length - within);
                place.Source!((row++ * rowBytes) + before + within, destination[..bytes]);
                destination = destination[bytes..];
                within = 0;
            }
        }
    }
}
