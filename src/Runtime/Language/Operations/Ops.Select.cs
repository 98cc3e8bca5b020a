namespace KernelFoundry;

/// <content>Choosing, gathering and looking at bits.</content>
public static partial class Ops
{
    /// <summary>a where the condition holds, b elsewhere.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="a">Values where it holds.</param>
    /// <param name="b">Values elsewhere.</param>
    /// <typeparam name="T">Any tile element.</typeparam>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<T> Where<T>(Tile<bool> condition, Tile<T> a, Tile<T> b)
        where T : unmanaged => Broadcast.Zip<bool, T, T, SelectOp<T>>(condition, a, b);

    /// <inheritdoc cref="Where{T}(Tile{bool}, Tile{T}, Tile{T})"/>
    public static Tile<T> Where<T>(Tile<bool> condition, Tile<T> a, T b)
        where T : unmanaged => Where(condition, a, Tile<T>.Scalar(b));

    /// <inheritdoc cref="Where{T}(Tile{bool}, Tile{T}, Tile{T})"/>
    public static Tile<T> Where<T>(Tile<bool> condition, T a, Tile<T> b)
        where T : unmanaged => Where(condition, Tile<T>.Scalar(a), b);

    /// <inheritdoc cref="Where{T}(Tile{bool}, Tile{T}, Tile{T})"/>
    public static Tile<T> Where<T>(Tile<bool> condition, T a, T b)
        where T : unmanaged => Where(condition, Tile<T>.Scalar(a), Tile<T>.Scalar(b));

    /// <summary>a if the condition holds, else b; both are computed.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="a">The value if it holds.</param>
    /// <param name="b">The value otherwise.</param>
    /// <returns>One of the two.</returns>
    public static float Where(bool condition, float a, float b) => condition ? a : b;

    /// <inheritdoc cref="Where(bool, float, float)"/>
    public static int Where(bool condition, int a, int b) => condition ? a : b;

    /// <inheritdoc cref="Where(bool, float, float)"/>
    public static uint Where(bool condition, uint a, uint b) => condition ? a : b;

    /// <summary>Picks values by index: result[i] = t[index[i]].</summary>
    /// <param name="t">The values, [n].</param>
    /// <param name="index">Indices in 0..n-1, of any shape.</param>
    /// <returns>A tile of the shape of <paramref name="index"/>.</returns>
    /// <exception cref="KernelExecutionException">An index is outside the tile.</exception>
    public static Tile<float> Gather(Tile<float> t, Tile<int> index)
    {
        ReadOnlySpan<float> values = Rank1(t, nameof(Gather)).Values;
        var result = new float[index.Count];
        for (int i = 0; i < result.Length; i++)
        {
            int from = index.Data[i];
            if ((uint)from >= (uint)values.Length)
                throw new KernelExecutionException($"Gather: index {from} is outside a tile of extent {values.Length}.");
            result[i] = values[from];
        }

        return new Tile<float>(result, index.Rank, index.Extent0, index.Extent1);
    }

    /// <summary>An entry of a table of sixteen: how formats decode codes that are not evenly spaced.</summary>
    /// <param name="index">Which entry; only its low four bits count.</param>
    /// <param name="table">The entries, sixteen constants written in the call.</param>
    /// <returns>The entry.</returns>
    /// <exception cref="ArgumentException">There are not sixteen entries.</exception>
    public static int Lookup(int index, params ReadOnlySpan<sbyte> table) => table.Length == 16
        ? table[index & 15]
        : throw new ArgumentException($"A table to look up in has 16 entries, not {table.Length}.", nameof(table));

    /// <summary>The bits of a float as an int.</summary>
    /// <param name="x">The float.</param>
    /// <returns>Its bits.</returns>
    public static int BitcastToInt(float x) => BitConverter.SingleToInt32Bits(x);

    /// <summary>The bits of floats as ints.</summary>
    /// <param name="x">The floats.</param>
    /// <returns>A tile of the same shape.</returns>
    public static Tile<int> BitcastToInt(Tile<float> x) => Broadcast.Map<float, int, ToBitsOp>(x);

    /// <summary>The float with these bits.</summary>
    /// <param name="x">The bits.</param>
    /// <returns>The float.</returns>
    public static float BitcastToFloat(int x) => BitConverter.Int32BitsToSingle(x);

    /// <summary>The floats with these bits.</summary>
    /// <param name="x">The bits.</param>
    /// <returns>A tile of the same shape.</returns>
    public static Tile<float> BitcastToFloat(Tile<int> x) => Broadcast.Map<int, float, FromBitsOp>(x);

    /// <summary>The upper 32 bits of a product of two uints.</summary>
    /// <param name="a">A factor.</param>
    /// <param name="b">A factor.</param>
    /// <returns>a * b / 2^32, rounded down.</returns>
    public static uint MulHi(uint a, uint b) => (uint)(((ulong)a * b) >> 32);

    /// <summary>The upper 32 bits of products, element by element.</summary>
    /// <param name="a">A factor.</param>
    /// <param name="b">A factor.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<uint> MulHi(Tile<uint> a, Tile<uint> b) => Broadcast.Zip<uint, uint, MulHiOp>(a, b);

    /// <inheritdoc cref="MulHi(Tile{uint}, Tile{uint})"/>
    public static Tile<uint> MulHi(Tile<uint> a, uint b) => MulHi(a, Tile<uint>.Scalar(b));

    private readonly struct SelectOp<T> : ITernary<bool, T, T>
    {
        public static T Apply(bool a, T b, T c) => a ? b : c;
    }

    private readonly struct ToBitsOp : IUnary<float, int>
    {
        public static int Apply(float a) => BitcastToInt(a);
    }

    private readonly struct FromBitsOp : IUnary<int, float>
    {
        public static float Apply(int a) => BitcastToFloat(a);
    }

    private readonly struct MulHiOp : IBinary<uint, uint>
    {
        public static uint Apply(uint a, uint b) => MulHi(a, b);
    }
}
