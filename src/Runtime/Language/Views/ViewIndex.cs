namespace KernelFoundry;

/// <summary>An index along one axis of a view: one int, or a tile of them.</summary>
internal readonly struct ViewIndex
{
    public readonly int Value;
    public readonly Tile<int>? Tile;

    private ViewIndex(int value, Tile<int>? tile)
    {
        Value = value;
        Tile = tile;
    }

    public static implicit operator ViewIndex(int value) => new(value, null);

    public static implicit operator ViewIndex(Tile<int> tile) => new(0, tile);
}
