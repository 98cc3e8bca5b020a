namespace KernelFoundry;

/// <content>Changing the shape of a tile.</content>
public static partial class Ops
{
    /// <summary>A column: [n] becomes [n, 1], which broadcasts along the second axis.</summary>
    /// <param name="t">The tile, [n].</param>
    /// <typeparam name="T">Any tile element.</typeparam>
    /// <returns>The same values, [n, 1].</returns>
    public static Tile<T> Col<T>(Tile<T> t)
        where T : unmanaged => Rank1(t, nameof(Col)).WithShape(2, t.Extent0, 1);

    /// <summary>A row: [n] becomes [1, n], which broadcasts along the first axis.</summary>
    /// <param name="t">The tile, [n].</param>
    /// <typeparam name="T">Any tile element.</typeparam>
    /// <returns>The same values, [1, n].</returns>
    public static Tile<T> Row<T>(Tile<T> t)
        where T : unmanaged => Rank1(t, nameof(Row)).WithShape(2, 1, t.Extent0);

    /// <summary>Swaps the axes: [m, n] becomes [n, m].</summary>
    /// <param name="t">The tile, [m, n].</param>
    /// <typeparam name="T">Any tile element.</typeparam>
    /// <returns>The tile, [n, m].</returns>
    public static Tile<T> Transpose<T>(Tile<T> t)
        where T : unmanaged
    {
        T[] source = Rank2(t, nameof(Transpose)).Data;
        var result = new T[source.Length];
        for (int i = 0; i < t.Extent0; i++)
        {
            for (int j = 0; j < t.Extent1; j++)
                result[(j * t.Extent0) + i] = source[(i * t.Extent1) + j];
        }

        return new Tile<T>(result, 2, t.Extent1, t.Extent0);
    }

    private static Tile<T> Rank1<T>(Tile<T> t, string operation)
        where T : unmanaged => t.Rank == 1
            ? t
            : throw new KernelExecutionException($"{operation} takes a tile of one axis, but got one of shape {t.ShapeText}.");

    private static Tile<T> Rank2<T>(Tile<T> t, string operation)
        where T : unmanaged => t.Rank == 2
            ? t
            : throw new KernelExecutionException($"{operation} takes a tile of two axes, but got one of shape {t.ShapeText}.");
}
