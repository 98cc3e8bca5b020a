namespace KernelFoundry;

/// <summary>
/// The order every reduction has, on every host device: element i goes to partial i % 16 in increasing i, and the 16 partials are combined
/// pairwise at distances 8, 4, 2, 1. Sixteen is the widest vector of floats, so all vector widths give the same bits.
/// </summary>
internal static class StripedReduction
{
    public const int Stripes = 16;

    public static T Reduce<T, TOp>(Tile<T> tile, T identity)
        where T : unmanaged
        where TOp : struct, IBinary<T, T>
    {
        Span<T> partials = stackalloc T[Stripes];
        partials.Fill(identity);
        if (tile.Rank < 2)
        {
            Accumulate<T, TOp>(partials, tile.Values);
        }
        else
        {
            for (int i = 0; i < tile.Extent0; i++)
                Accumulate<T, TOp>(partials, tile.Row(i));
        }

        return Combine<T, TOp>(partials);
    }

    public static Tile<T> Reduce<T, TOp>(Tile<T> tile, int axis, T identity)
        where T : unmanaged
        where TOp : struct, IBinary<T, T>
    {
        if (tile.Rank != 2 || (uint)axis > 1)
            throw new KernelExecutionException($"A reduction along axis {axis} takes a tile of two axes; this one has shape {tile.ShapeText}.");
        return axis == 1 ? OverRows<T, TOp>(tile, identity) : OverColumns<T, TOp>(tile, identity);
    }

    public static void Accumulate<T, TOp>(Span<T> partials, ReadOnlySpan<T> values)
        where TOp : struct, IBinary<T, T>
    {
        for (int i = 0; i < values.Length; i++)
            partials[i % Stripes] = TOp.Apply(partials[i % Stripes], values[i]);
    }

    public static T Combine<T, TOp>(Span<T> partials)
        where TOp : struct, IBinary<T, T>
    {
        for (int distance = Stripes / 2; distance > 0; distance /= 2)
        {
            for (int j = 0; j < distance; j++)
                partials[j] = TOp.Apply(partials[j], partials[j + distance]);
        }

        return partials[0];
    }

    private static Tile<T> OverRows<T, TOp>(Tile<T> tile, T identity)
        where T : unmanaged
        where TOp : struct, IBinary<T, T>
    {
        var result = new T[tile.Extent0];
        Span<T> partials = stackalloc T[Stripes];
        for (int i = 0; i < result.Length; i++)
        {
            partials.Fill(identity);
            Accumulate<T, TOp>(partials, tile.Row(i));
            result[i] = Combine<T, TOp>(partials);
        }

        return new Tile<T>(result, 1, result.Length, 1);
    }

    private static Tile<T> OverColumns<T, TOp>(Tile<T> tile, T identity)
        where T : unmanaged
        where TOp : struct, IBinary<T, T>
    {
        var result = new T[tile.Extent1];
        Array.Fill(result, identity);
        for (int i = 0; i < tile.Extent0; i++)
        {
            ReadOnlySpan<T> row = tile.Row(i);
            for (int j = 0; j < result.Length; j++)
                result[j] = TOp.Apply(result[j], row[j]);
        }

        return new Tile<T>(result, 1, result.Length, 1);
    }
}
