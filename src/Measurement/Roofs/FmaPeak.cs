using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace KernelFoundry.Measurement;

/// <summary>The roof of compute-bound kernels in float: fused multiply-adds between registers, on the processor's widest vectors.</summary>
public static class FmaPeak
{
    // Two units with a latency of four to five cycles need ten independent sums.
    private const int Chains = 12;
    private const int Iterations = 200_000;
    private const int Rounds = 5;

    /// <summary>Measures it on some threads at once.</summary>
    /// <param name="threads">How many.</param>
    /// <returns>Operations a second, all threads together; a multiply-add is two. The best of several rounds.</returns>
    public static double Measure(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        return Vector512.IsHardwareAccelerated ? Measure<Lanes512>(threads)
            : Vector256.IsHardwareAccelerated ? Measure<Lanes256>(threads)
            : Measure<Lanes128>(threads);
    }

    private static double Measure<TLanes>(int threads)
        where TLanes : struct, ILanes<TLanes>
    {
        double seconds = HostThreads.FastestRound(threads, Rounds, static _ =>
        {
            if (MultiplyAdd<TLanes>(Iterations) == 0)
                throw new InvalidOperationException("Sums that begin at 1 and stay there are 0.");
        });
        return 2.0 * Chains * TLanes.Count * Iterations * threads / seconds;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float MultiplyAdd<TLanes>(int iterations)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes a = TLanes.Of(0.999f), b = TLanes.Of(0.001f);
        TLanes x0 = TLanes.Of(1), x1 = x0, x2 = x0, x3 = x0, x4 = x0, x5 = x0, x6 = x0, x7 = x0, x8 = x0, x9 = x0, x10 = x0, x11 = x0;
        for (int i = 0; i < iterations; i++)
        {
            x0 = TLanes.MultiplyAdd(x0, a, b);
            x1 = TLanes.MultiplyAdd(x1, a, b);
            x2 = TLanes.MultiplyAdd(x2, a, b);
            x3 = TLanes.MultiplyAdd(x3, a, b);
            x4 = TLanes.MultiplyAdd(x4, a, b);
            x5 = TLanes.MultiplyAdd(x5, a, b);
            x6 = TLanes.MultiplyAdd(x6, a, b);
            x7 = TLanes.MultiplyAdd(x7, a, b);
            x8 = TLanes.MultiplyAdd(x8, a, b);
            x9 = TLanes.MultiplyAdd(x9, a, b);
            x10 = TLanes.MultiplyAdd(x10, a, b);
            x11 = TLanes.MultiplyAdd(x11, a, b);
        }

        return TLanes.First(x0) + TLanes.First(x1) + TLanes.First(x2) + TLanes.First(x3) + TLanes.First(x4) + TLanes.First(x5)
            + TLanes.First(x6) + TLanes.First(x7) + TLanes.First(x8) + TLanes.First(x9) + TLanes.First(x10) + TLanes.First(x11);
    }

    /// <summary>Vectors of one width.</summary>
    private interface ILanes<TSelf>
        where TSelf : struct
    {
        static abstract int Count { get; }

        static abstract TSelf Of(float value);

        static abstract TSelf MultiplyAdd(TSelf x, TSelf a, TSelf b);

        static abstract float First(TSelf x);
    }

    private readonly record struct Lanes512(Vector512<float> Value) : ILanes<Lanes512>
    {
        public static int Count => Vector512<float>.Count;

        public static Lanes512 Of(float value) => new(Vector512.Create(value));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Lanes512 MultiplyAdd(Lanes512 x, Lanes512 a, Lanes512 b) =>
            new(Vector512.FusedMultiplyAdd(x.Value, a.Value, b.Value));

        public static float First(Lanes512 x) => x.Value.ToScalar();
    }

    private readonly record struct Lanes256(Vector256<float> Value) : ILanes<Lanes256>
    {
        public static int Count => Vector256<float>.Count;

        public static Lanes256 Of(float value) => new(Vector256.Create(value));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Lanes256 MultiplyAdd(Lanes256 x, Lanes256 a, Lanes256 b) =>
            new(Vector256.FusedMultiplyAdd(x.Value, a.Value, b.Value));

        public static float First(Lanes256 x) => x.Value.ToScalar();
    }

    private readonly record struct Lanes128(Vector128<float> Value) : ILanes<Lanes128>
    {
        public static int Count => Vector128<float>.Count;

        public static Lanes128 Of(float value) => new(Vector128.Create(value));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Lanes128 MultiplyAdd(Lanes128 x, Lanes128 a, Lanes128 b) =>
            new(Vector128.FusedMultiplyAdd(x.Value, a.Value, b.Value));

        public static float First(Lanes128 x) => x.Value.ToScalar();
    }
}
