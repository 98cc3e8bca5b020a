namespace KernelFoundry;

/// <content>Where the extreme is, and running sums and maxima.</content>
public static partial class Ops
{
    /// <summary>Index of the largest value; the lowest index wins ties, and a NaN never wins.</summary>
    /// <param name="t">A tile of one axis.</param>
    /// <returns>The index; 0 if the tile is empty or all NaN.</returns>
    public static int ArgMax(Tile<float> t) => ArgBest<float, ScalarOperations.LessThan<float>>(t, nameof(ArgMax), greater: true);

    /// <inheritdoc cref="ArgMax(Tile{float})"/>
    public static int ArgMax(Tile<int> t) => ArgBest<int, ScalarOperations.LessThan<int>>(t, nameof(ArgMax), greater: true);

    /// <summary>Index of the smallest value; the lowest index wins ties, and a NaN never wins.</summary>
    /// <param name="t">A tile of one axis.</param>
    /// <returns>The index; 0 if the tile is empty or all NaN.</returns>
    public static int ArgMin(Tile<float> t) => ArgBest<float, ScalarOperations.LessThan<float>>(t, nameof(ArgMin), greater: false);

    /// <inheritdoc cref="ArgMin(Tile{float})"/>
    public static int ArgMin(Tile<int> t) => ArgBest<int, ScalarOperations.LessThan<int>>(t, nameof(ArgMin), greater: false);

    /// <summary>Inclusive running sum along the last axis, in increasing index.</summary>
    /// <param name="t">A tile of one or two axes.</param>
    /// <returns>A tile of the same shape.</returns>
    public static Tile<float> CumSum(Tile<float> t) => Scan<float, ScalarOperations.Add<float>>(t);

    /// <inheritdoc cref="CumSum(Tile{float})"/>
    public static Tile<int> CumSum(Tile<int> t) => Scan<int, ScalarOperations.Add<int>>(t);

    /// <summary>Inclusive running maximum along the last axis; a NaN loses.</summary>
    /// <param name="t">A tile of one or two axes.</param>
    /// <returns>A tile of the same shape.</returns>
    public static Tile<float> CumMax(Tile<float> t) => Scan<float, MaxOp>(t);

    /// <inheritdoc cref="CumMax(Tile{float})"/>
    public static Tile<int> CumMax(Tile<int> t) => Scan<int, MaxOp>(t);

    private static int ArgBest<T, TLess>(Tile<T> t, string operation, bool greater)
        where T : unmanaged
        where TLess : struct, IBinary<T, bool>
    {
        ReadOnlySpan<T> values = Rank1(t, operation).Values;
        int best = -1;
        for (int i = 0; i < values.Length; i++)
        {
            // NaN is the one value that is not equal to itself.
            if (!ScalarOperations.EqualTo<T>.Apply(values[i], values[i]))
                continue;
            if (best < 0 || (greater ? TLess.Apply(values[best], values[i]) : TLess.Apply(values[i], values[best])))
                best = i;
        }

        return Math.Max(best, 0);
    }

    private static Tile<T> Scan<T, TOp>(Tile<T> t)
        where T : unmanaged
        where TOp : struct, IBinary<T, T>
    {
        T[] result = t.ToArray();
        int length = t.Rank == 2 ? t.Extent1 : t.Extent0;
        for (int i = 1; i < result.Length; i++)
        {
            if (i % length != 0)
                result[i] = TOp.Apply(result[i - 1], result[i]);
        }

        return new Tile<T>(result, t.Rank, t.Extent0, t.Extent1);
    }
}
