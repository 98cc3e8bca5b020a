namespace KernelFoundry;

/// <summary>Applies scalar operations element by element. Shapes must be equal, or 1 along an axis of a tile of two axes; scalars fit all.</summary>
internal static class Broadcast
{
    public static Tile<R> Map<T, R, TOp>(Tile<T> a)
        where T : unmanaged
        where R : unmanaged
        where TOp : struct, IUnary<T, R>
    {
        var result = new R[a.Count];
        T[] source = a.Data;
        for (int i = 0; i < result.Length; i++)
            result[i] = TOp.Apply(source[i]);
        return new Tile<R>(result, a.Rank, a.Extent0, a.Extent1);
    }

    public static Tile<R> Zip<T, R, TOp>(Tile<T> a, Tile<T> b)
        where T : unmanaged
        where R : unmanaged
        where TOp : struct, IBinary<T, R>
    {
        TileShape shape = TileShape.Of(a).With(TileShape.Of(b));
        var result = new R[shape.Count];
        var (aRow, aColumn) = shape.StridesOf(a);
        var (bRow, bColumn) = shape.StridesOf(b);
        T[] left = a.Data, right = b.Data;
        int k = 0;
        for (int i = 0; i < shape.Extent0; i++)
        {
            for (int j = 0; j < shape.Extent1; j++)
                result[k++] = TOp.Apply(left[(i * aRow) + (j * aColumn)], right[(i * bRow) + (j * bColumn)]);
        }

        return new Tile<R>(result, shape.Rank, shape.Extent0, shape.Extent1);
    }

    public static Tile<R> Zip<T0, T, R, TOp>(Tile<T0> a, Tile<T> b, Tile<T> c)
        where T0 : unmanaged
        where T : unmanaged
        where R : unmanaged
        where TOp : struct, ITernary<T0, T, R>
    {
        TileShape shape = TileShape.Of(a).With(TileShape.Of(b)).With(TileShape.Of(c));
        var result = new R[shape.Count];
        var (aRow, aColumn) = shape.StridesOf(a);
        var (bRow, bColumn) = shape.StridesOf(b);
        var (cRow, cColumn) = shape.StridesOf(c);
        int k = 0;
        for (int i = 0; i < shape.Extent0; i++)
        {
            for (int j = 0; j < shape.Extent1; j++)
            {
                result[k++] = TOp.Apply(
                    a.Data[(i * aRow) + (j * aColumn)],
                    b.Data[(i * bRow) + (j * bColumn)],
                    c.Data[(i * cRow) + (j * cColumn)]);
            }
        }

        return new Tile<R>(result, shape.Rank, shape.Extent0, shape.Extent1);
    }
}
