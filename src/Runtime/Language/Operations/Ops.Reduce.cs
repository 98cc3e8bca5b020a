using System.Runtime.CompilerServices;

namespace KernelFoundry;

/// <content>
/// Reductions: see <see cref="StripedReduction"/> for their order. A NaN loses in Max and Min. The empty sum is 0, the empty maximum the
/// lowest value of its type (-infinity), the empty minimum the highest.
/// </content>
public static partial class Ops
{
    /// <summary>Sum of all values.</summary>
    /// <param name="t">A tile of one or two axes.</param>
    /// <returns>The sum; 0 for an empty tile.</returns>
    public static float Sum(Tile<float> t) => StripedReduction.Reduce<float, ScalarOperations.Add<float>>(t, 0);

    /// <inheritdoc cref="Sum(Tile{float})"/>
    public static int Sum(Tile<int> t) => StripedReduction.Reduce<int, ScalarOperations.Add<int>>(t, 0);

    /// <inheritdoc cref="Sum(Tile{float})"/>
    public static uint Sum(Tile<uint> t) => StripedReduction.Reduce<uint, ScalarOperations.Add<uint>>(t, 0);

    /// <summary>Sums along one axis.</summary>
    /// <param name="t">A tile of two axes, [m, n].</param>
    /// <param name="axis">0 gives [n], 1 gives [m].</param>
    /// <typeparam name="T">float, int or uint.</typeparam>
    /// <returns>A tile of one axis.</returns>
    public static Tile<T> Sum<T>(Tile<T> t, int axis)
        where T : unmanaged => StripedReduction.Reduce<T, ScalarOperations.Add<T>>(t, axis, default);

    /// <summary>Largest value.</summary>
    /// <param name="t">A tile of one or two axes.</param>
    /// <returns>The maximum.</returns>
    public static float Max(Tile<float> t) => StripedReduction.Reduce<float, MaxOp>(t, float.NegativeInfinity);

    /// <inheritdoc cref="Max(Tile{float})"/>
    public static int Max(Tile<int> t) => StripedReduction.Reduce<int, MaxOp>(t, int.MinValue);

    /// <inheritdoc cref="Max(Tile{float})"/>
    public static uint Max(Tile<uint> t) => StripedReduction.Reduce<uint, MaxOp>(t, 0);

    /// <summary>
    /// Largest values along one axis. Write <c>axis:</c> by name: <c>Max(t, 1)</c> is the elementwise maximum of t and 1.
    /// </summary>
    /// <param name="t">A tile of two axes, [m, n].</param>
    /// <param name="axis">0 gives [n], 1 gives [m].</param>
    /// <typeparam name="T">float, int or uint.</typeparam>
    /// <returns>A tile of one axis.</returns>
    [OverloadResolutionPriority(-1)]
    public static Tile<T> Max<T>(Tile<T> t, int axis)
        where T : unmanaged => StripedReduction.Reduce<T, AnyMax<T>>(t, axis, Lowest<T>());

    /// <summary>Smallest value.</summary>
    /// <param name="t">A tile of one or two axes.</param>
    /// <returns>The minimum.</returns>
    public static float Min(Tile<float> t) => StripedReduction.Reduce<float, MinOp>(t, float.PositiveInfinity);

    /// <inheritdoc cref="Min(Tile{float})"/>
    public static int Min(Tile<int> t) => StripedReduction.Reduce<int, MinOp>(t, int.MaxValue);

    /// <inheritdoc cref="Min(Tile{float})"/>
    public static uint Min(Tile<uint> t) => StripedReduction.Reduce<uint, MinOp>(t, uint.MaxValue);

    /// <summary>
    /// Smallest values along one axis. Write <c>axis:</c> by name: <c>Min(t, 1)</c> is the elementwise minimum of t and 1.
    /// </summary>
    /// <param name="t">A tile of two axes, [m, n].</param>
    /// <param name="axis">0 gives [n], 1 gives [m].</param>
    /// <typeparam name="T">float, int or uint.</typeparam>
    /// <returns>A tile of one axis.</returns>
    [OverloadResolutionPriority(-1)]
    public static Tile<T> Min<T>(Tile<T> t, int axis)
        where T : unmanaged => StripedReduction.Reduce<T, AnyMin<T>>(t, axis, Highest<T>());

    private static T Lowest<T>()
    {
        if (typeof(T) == typeof(float))
            return ScalarOperations.To<float, T>(float.NegativeInfinity);
        if (typeof(T) == typeof(int))
            return ScalarOperations.To<int, T>(int.MinValue);
        if (typeof(T) == typeof(uint))
            return ScalarOperations.To<uint, T>(0);
        throw TileElement.Lacks<T>("Max");
    }

    private static T Highest<T>()
    {
        if (typeof(T) == typeof(float))
            return ScalarOperations.To<float, T>(float.PositiveInfinity);
        if (typeof(T) == typeof(int))
            return ScalarOperations.To<int, T>(int.MaxValue);
        if (typeof(T) == typeof(uint))
            return ScalarOperations.To<uint, T>(uint.MaxValue);
        throw TileElement.Lacks<T>("Min");
    }

    private readonly struct AnyMax<T> : IBinary<T, T>
    {
        public static T Apply(T a, T b)
        {
            if (typeof(T) == typeof(float))
                return ScalarOperations.To<float, T>(Max(ScalarOperations.F(a), ScalarOperations.F(b)));
            if (typeof(T) == typeof(int))
                return ScalarOperations.To<int, T>(Max(ScalarOperations.I(a), ScalarOperations.I(b)));
            return ScalarOperations.To<uint, T>(Max(ScalarOperations.U(a), ScalarOperations.U(b)));
        }
    }

    private readonly struct AnyMin<T> : IBinary<T, T>
    {
        public static T Apply(T a, T b)
        {
            if (typeof(T) == typeof(float))
                return ScalarOperations.To<float, T>(Min(ScalarOperations.F(a), ScalarOperations.F(b)));
            if (typeof(T) == typeof(int))
                return ScalarOperations.To<int, T>(Min(ScalarOperations.I(a), ScalarOperations.I(b)));
            return ScalarOperations.To<uint, T>(Min(ScalarOperations.U(a), ScalarOperations.U(b)));
        }
    }
}
