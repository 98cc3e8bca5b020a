namespace KernelFoundry;

/// <summary>Creates tiles from arrays, for tests and references; kernels get theirs from <see cref="Ops"/> and views.</summary>
public static class Tile
{
    /// <summary>A tile of one axis.</summary>
    /// <param name="values">Its values; copied.</param>
    /// <typeparam name="T">float, int, uint, bool or sbyte.</typeparam>
    /// <returns>The tile, [values.Length].</returns>
    public static Tile<T> Of<T>(params ReadOnlySpan<T> values)
        where T : unmanaged => new(values.ToArray(), 1, values.Length, 1);

    /// <summary>A tile of two axes.</summary>
    /// <param name="values">Its values; copied.</param>
    /// <typeparam name="T">float, int, uint, bool or sbyte.</typeparam>
    /// <returns>The tile, shaped as the array.</returns>
    public static Tile<T> Of<T>(T[,] values)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        var data = new T[values.Length];
        int k = 0;
        foreach (T value in values)
            data[k++] = value;
        return new Tile<T>(data, 2, values.GetLength(0), values.GetLength(1));
    }
}
