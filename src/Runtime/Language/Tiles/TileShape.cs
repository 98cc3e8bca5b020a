namespace KernelFoundry;

/// <summary>The shape tiles broadcast to. Rank 0 is a scalar.</summary>
internal readonly record struct TileShape(int Rank, int Extent0, int Extent1)
{
    public int Count => checked(Extent0 * Extent1);

    public static TileShape Of<T>(Tile<T> tile)
        where T : unmanaged => new(tile.Rank, tile.Extent0, tile.Extent1);

    public TileShape With(TileShape other)
    {
        if (Rank == 0)
            return other;
        if (other.Rank == 0)
            return this;
        bool fits = Rank == other.Rank && (Rank == 1
            ? Extent0 == other.Extent0
            : Fits(Extent0, other.Extent0) && Fits(Extent1, other.Extent1));
        if (!fits)
        {
            throw new KernelExecutionException($"Tiles of shapes {this} and {other} do not match: extents must be equal, or 1 along an axis of "
                + "a tile of two axes. Row(t) and Col(t) turn a tile of one axis into one of two.");
        }

        return new TileShape(Rank, Common(Extent0, other.Extent0), Common(Extent1, other.Extent1));
    }

    /// <summary>Fails unless a tile broadcasts to exactly this shape.</summary>
    public void Require<T>(Tile<T> tile, string what)
        where T : unmanaged
    {
        bool fits = tile.Rank == 0 || (tile.Rank == Rank && (Rank == 1
            ? tile.Extent0 == Extent0
            : (tile.Extent0 == Extent0 || tile.Extent0 == 1) && (tile.Extent1 == Extent1 || tile.Extent1 == 1)));
        if (!fits)
            throw new KernelExecutionException($"The {what} has shape {tile.ShapeText}, but the indices give shape {this}.");
    }

    /// <summary>Distances between a tile's values along this shape's axes: 0 where it is broadcast.</summary>
    public (int Row, int Column) StridesOf<T>(Tile<T> tile)
        where T : unmanaged => (
            tile.Rank == 0 || (tile.Extent0 == 1 && Rank == 2) ? 0 : tile.Extent1,
            tile.Rank == 0 || tile.Extent1 == 1 ? 0 : 1);

    public override string ToString() => Rank switch
    {
        0 => "[]",
        1 => $"[{Extent0}]",
        _ => $"[{Extent0}, {Extent1}]",
    };

    private static bool Fits(int a, int b) => a == b || a == 1 || b == 1;

    private static int Common(int a, int b) => a == 1 ? b : a;
}
