using static KernelFoundry.ScalarOperations;

namespace KernelFoundry;

public sealed partial class Tile<T>
{
    /// <summary>Each value as float; ints round to nearest even, true is 1.</summary>
    /// <returns>A tile of the same shape.</returns>
    public Tile<float> ToFloat() => Broadcast.Map<T, float, AsFloat>(this);

    /// <summary>Each value as int; floats truncate toward zero and saturate, NaN is 0, uint keeps its bits, true is 1.</summary>
    /// <returns>A tile of the same shape.</returns>
    public Tile<int> ToInt() => Broadcast.Map<T, int, AsInt>(this);

    /// <summary>Each value as uint; floats truncate toward zero and saturate, NaN is 0, int keeps its bits, true is 1.</summary>
    /// <returns>A tile of the same shape.</returns>
    public Tile<uint> ToUInt() => Broadcast.Map<T, uint, AsUInt>(this);

    /// <summary>Each value as sbyte: truncated toward zero and saturated to -128..127.</summary>
    /// <returns>A tile of the same shape.</returns>
    public Tile<sbyte> ToSByte() => Broadcast.Map<T, sbyte, AsSByte>(this);

    private readonly struct AsFloat : IUnary<T, float>
    {
        public static float Apply(T a)
        {
            if (typeof(T) == typeof(float))
                return F(a);
            if (typeof(T) == typeof(int))
                return I(a);
            if (typeof(T) == typeof(uint))
                return U(a);
            if (typeof(T) == typeof(bool))
                return B(a) ? 1 : 0;
            return S(a);
        }
    }

    private readonly struct AsInt : IUnary<T, int>
    {
        public static int Apply(T a)
        {
            if (typeof(T) == typeof(float))
                return (int)F(a);
            if (typeof(T) == typeof(int) || typeof(T) == typeof(uint))
                return I(a);
            if (typeof(T) == typeof(bool))
                return B(a) ? 1 : 0;
            return S(a);
        }
    }

    private readonly struct AsUInt : IUnary<T, uint>
    {
        public static uint Apply(T a)
        {
            if (typeof(T) == typeof(float))
                return (uint)F(a);
            if (typeof(T) == typeof(int) || typeof(T) == typeof(uint))
                return U(a);
            if (typeof(T) == typeof(bool))
                return B(a) ? 1u : 0u;
            return unchecked((uint)S(a));
        }
    }

    private readonly struct AsSByte : IUnary<T, sbyte>
    {
        public static sbyte Apply(T a)
        {
            if (typeof(T) == typeof(uint))
                return (sbyte)Math.Min(U(a), 127u);
            return (sbyte)Math.Clamp(AsInt.Apply(a), -128, 127);
        }
    }
}
