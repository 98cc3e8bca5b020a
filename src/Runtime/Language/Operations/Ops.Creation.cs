namespace KernelFoundry;

/// <content>Tiles from nothing: ranges and constants.</content>
public static partial class Ops
{
    /// <summary>start, start + 1, ..., start + extent - 1.</summary>
    /// <param name="start">First value.</param>
    /// <param name="extent">Number of values; any uniform int.</param>
    /// <returns>The tile, [extent].</returns>
    public static Tile<int> Range(int start, int extent)
    {
        if (extent < 0)
            throw new KernelExecutionException($"Range({start}, {extent}): an extent cannot be negative.");
        var values = new int[extent];
        for (int i = 0; i < extent; i++)
            values[i] = start + i;
        return new Tile<int>(values, 1, extent, 1);
    }

    /// <summary>start .. min(start + block, end); empty when start is at or beyond end.</summary>
    /// <param name="start">First value.</param>
    /// <param name="block">Largest number of values.</param>
    /// <param name="end">Where the range ends; exclusive.</param>
    /// <returns>The tile, [0 to block].</returns>
    public static Tile<int> Range(int start, int block, int end) => Range(start, Math.Max(0, Math.Min(block, end - start)));

    /// <summary>One value everywhere.</summary>
    /// <param name="value">The value.</param>
    /// <param name="like">The tile whose shape the result has.</param>
    /// <typeparam name="T">Any tile element.</typeparam>
    /// <returns>The tile.</returns>
    public static Tile<float> Full<T>(float value, Tile<T> like)
        where T : unmanaged => Filled(value, like.Rank, like.Extent0, like.Extent1);

    /// <summary>One value everywhere, over two axes.</summary>
    /// <param name="value">The value.</param>
    /// <param name="like0">The tile whose first extent is the result's first.</param>
    /// <param name="like1">The tile whose first extent is the result's second.</param>
    /// <typeparam name="T0">Any tile element.</typeparam>
    /// <typeparam name="T1">Any tile element.</typeparam>
    /// <returns>The tile, [like0.Extent0, like1.Extent0].</returns>
    public static Tile<float> Full<T0, T1>(float value, Tile<T0> like0, Tile<T1> like1)
        where T0 : unmanaged
        where T1 : unmanaged => Filled(value, 2, like0.Extent0, like1.Extent0);

    /// <summary>Zero everywhere.</summary>
    /// <param name="like">The tile whose shape the result has.</param>
    /// <typeparam name="T">Any tile element.</typeparam>
    /// <returns>The tile.</returns>
    public static Tile<float> Zeros<T>(Tile<T> like)
        where T : unmanaged => Full(0f, like);

    /// <summary>Zero everywhere, over two axes.</summary>
    /// <param name="like0">The tile whose first extent is the result's first.</param>
    /// <param name="like1">The tile whose first extent is the result's second.</param>
    /// <typeparam name="T0">Any tile element.</typeparam>
    /// <typeparam name="T1">Any tile element.</typeparam>
    /// <returns>The tile, [like0.Extent0, like1.Extent0].</returns>
    public static Tile<float> Zeros<T0, T1>(Tile<T0> like0, Tile<T1> like1)
        where T0 : unmanaged
        where T1 : unmanaged => Full(0f, like0, like1);

    /// <summary>One int everywhere.</summary>
    /// <param name="value">The value.</param>
    /// <param name="like">The tile whose shape the result has.</param>
    /// <typeparam name="T">Any tile element.</typeparam>
    /// <returns>The tile.</returns>
    public static Tile<int> FullInt<T>(int value, Tile<T> like)
        where T : unmanaged => Filled(value, like.Rank, like.Extent0, like.Extent1);

    /// <summary>One int everywhere, over two axes.</summary>
    /// <param name="value">The value.</param>
    /// <param name="like0">The tile whose first extent is the result's first.</param>
    /// <param name="like1">The tile whose first extent is the result's second.</param>
    /// <typeparam name="T0">Any tile element.</typeparam>
    /// <typeparam name="T1">Any tile element.</typeparam>
    /// <returns>The tile, [like0.Extent0, like1.Extent0].</returns>
    public static Tile<int> FullInt<T0, T1>(int value, Tile<T0> like0, Tile<T1> like1)
        where T0 : unmanaged
        where T1 : unmanaged => Filled(value, 2, like0.Extent0, like1.Extent0);

    private static Tile<T> Filled<T>(T value, int rank, int extent0, int extent1)
        where T : unmanaged
    {
        var values = new T[checked(extent0 * extent1)];
        Array.Fill(values, value);
        return new Tile<T>(values, rank, extent0, extent1);
    }
}
