using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelFoundry;

/// <content>Sixteen partial results a row combined: those of sixteen rows together, at three instructions a row where vectors have 512 bits.</content>
public static unsafe partial class Lanes
{
    /// <summary>results[r] = the sum of the 16 partial sums of row r, added as <see cref="Sum(Vector512{float})"/> adds them.</summary>
    public static void SumRows512(float* partials, float* results, int rows) => Rows512<Adding>(partials, results, rows);

    /// <summary>results[r] = the sum of the 16 partial sums of row r, added as <see cref="Sum(Vector512{float})"/> adds them.</summary>
    public static void SumRows256(float* partials, float* results, int rows) => Rows256<Adding>(partials, results, rows);

    /// <summary>results[r] = the sum of the 16 partial sums of row r, added as <see cref="Sum(Vector512{float})"/> adds them.</summary>
    public static void SumRows128(float* partials, float* results, int rows) => Rows128<Adding>(partials, results, rows);

    /// <summary>results[r] = the greatest of the 16 values of row r; none is NaN.</summary>
    public static void MaxRows512(float* partials, float* results, int rows) => Rows512<Greater>(partials, results, rows);

    /// <summary>results[r] = the greatest of the 16 values of row r; none is NaN.</summary>
    public static void MaxRows256(float* partials, float* results, int rows) => Rows256<Greater>(partials, results, rows);

    /// <summary>results[r] = the greatest of the 16 values of row r; none is NaN.</summary>
    public static void MaxRows128(float* partials, float* results, int rows) => Rows128<Greater>(partials, results, rows);

    /// <summary>results[r] = the least of the 16 values of row r; none is NaN.</summary>
    public static void MinRows512(float* partials, float* results, int rows) => Rows512<Lesser>(partials, results, rows);

    /// <summary>results[r] = the least of the 16 values of row r; none is NaN.</summary>
    public static void MinRows256(float* partials, float* results, int rows) => Rows256<Lesser>(partials, results, rows);

    /// <summary>results[r] = the least of the 16 values of row r; none is NaN.</summary>
    public static void MinRows128(float* partials, float* results, int rows) => Rows128<Lesser>(partials, results, rows);

    /// <summary>The sum of the lanes of each vector, added as <see cref="Sum(Vector512{float})"/> adds them, at three instructions a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sums(
        Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, Vector512<float> v3, Vector512<float> v4, Vector512<float> v5, Vector512<float> v6, Vector512<float> v7) =>
        Combined<Adding>(v0, v1, v2, v3, v4, v5, v6, v7);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows512<T>(float* partials, float* results, int rows)
        where T : struct, ICombination
    {
        const int L = 16;
        int row = 0;
        for (; row <= rows - L; row += L)
        {
            float* p = partials + (row * L);
            Combined<T>(
                Vector512.Load(p), Vector512.Load(p + L), Vector512.Load(p + (2 * L)), Vector512.Load(p + (3 * L)),
                Vector512.Load(p + (4 * L)), Vector512.Load(p + (5 * L)), Vector512.Load(p + (6 * L)), Vector512.Load(p + (7 * L)),
                Vector512.Load(p + (8 * L)), Vector512.Load(p + (9 * L)), Vector512.Load(p + (10 * L)), Vector512.Load(p + (11 * L)),
                Vector512.Load(p + (12 * L)), Vector512.Load(p + (13 * L)), Vector512.Load(p + (14 * L)), Vector512.Load(p + (15 * L))).Store(results + row);
        }

        Rows256<T>(partials + (row * L), results + row, rows - row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows256<T>(float* partials, float* results, int rows)
        where T : struct, ICombination
    {
        for (int row = 0; row < rows; row++, partials += 16)
        {
            Vector256<float> halves = T.Of(Vector256.Load(partials), Vector256.Load(partials + 8));
            results[row] = Combined<T>(T.Of(halves.GetLower(), halves.GetUpper()));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows128<T>(float* partials, float* results, int rows)
        where T : struct, ICombination
    {
        for (int row = 0; row < rows; row++, partials += 16)
        {
            Vector128<float> low = T.Of(Vector128.Load(partials), Vector128.Load(partials + 8)), high = T.Of(Vector128.Load(partials + 4), Vector128.Load(partials + 12));
            results[row] = Combined<T>(T.Of(low, high));
        }
    }

    // (0 with 2) with (1 with 3).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Combined<T>(Vector128<float> v)
        where T : struct, ICombination
    {
        Vector128<float> pairs = T.Of(v, Vector128.Shuffle(v, Vector128.Create(2, 3, 0, 1)));
        return T.Of(pairs, Vector128.Shuffle(pairs, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Combined<T>(
        Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, Vector512<float> v3, Vector512<float> v4, Vector512<float> v5, Vector512<float> v6, Vector512<float> v7,
        Vector512<float> v8, Vector512<float> v9, Vector512<float> v10, Vector512<float> v11, Vector512<float> v12, Vector512<float> v13, Vector512<float> v14, Vector512<float> v15)
        where T : struct, ICombination
    {
        // Halves, quarters, pairs and neighbours of two vectors at a time; the order of the vectors is that which the last shuffle puts right.
        Vector512<float> a = QuartersOf<T>(HalvesOf<T>(v0, v4), HalvesOf<T>(v8, v12)), b = QuartersOf<T>(HalvesOf<T>(v1, v5), HalvesOf<T>(v9, v13));
        Vector512<float> c = QuartersOf<T>(HalvesOf<T>(v2, v6), HalvesOf<T>(v10, v14)), d = QuartersOf<T>(HalvesOf<T>(v3, v7), HalvesOf<T>(v11, v15));
        Vector512<float> e = PairsOf<T>(a, b), f = PairsOf<T>(c, d);
        return T.Of(Avx512F.Shuffle(e, f, 0b10_00_10_00), Avx512F.Shuffle(e, f, 0b11_01_11_01));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Combined<T>(
        Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, Vector512<float> v3, Vector512<float> v4, Vector512<float> v5, Vector512<float> v6, Vector512<float> v7)
        where T : struct, ICombination
    {
        Vector512<float> a = QuartersOf<T>(HalvesOf<T>(v0, v4), HalvesOf<T>(v2, v6)), b = QuartersOf<T>(HalvesOf<T>(v1, v5), HalvesOf<T>(v3, v7)), c = PairsOf<T>(a, b);
        return T.Of(Avx.Shuffle(c.GetLower(), c.GetUpper(), 0b10_00_10_00), Avx.Shuffle(c.GetLower(), c.GetUpper(), 0b11_01_11_01));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> HalvesOf<T>(Vector512<float> x, Vector512<float> y)
        where T : struct, ICombination =>
        T.Of(Avx512F.InsertVector256(x.AsDouble(), y.AsDouble().GetLower(), 1).AsSingle(), Avx512F.Shuffle4x128(x, y, 0b11_10_11_10));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> QuartersOf<T>(Vector512<float> x, Vector512<float> y)
        where T : struct, ICombination =>
        T.Of(Avx512F.Shuffle4x128(x, y, 0b10_00_10_00), Avx512F.Shuffle4x128(x, y, 0b11_01_11_01));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> PairsOf<T>(Vector512<float> x, Vector512<float> y)
        where T : struct, ICombination =>
        T.Of(Avx512F.UnpackLow(x.AsDouble(), y.AsDouble()).AsSingle(), Avx512F.UnpackHigh(x.AsDouble(), y.AsDouble()).AsSingle());

    private interface ICombination
    {
        static abstract Vector128<float> Of(Vector128<float> x, Vector128<float> y);

        static abstract Vector256<float> Of(Vector256<float> x, Vector256<float> y);

        static abstract Vector512<float> Of(Vector512<float> x, Vector512<float> y);
    }

    private readonly struct Adding : ICombination
    {
        public static Vector128<float> Of(Vector128<float> x, Vector128<float> y) => x + y;

        public static Vector256<float> Of(Vector256<float> x, Vector256<float> y) => x + y;

        public static Vector512<float> Of(Vector512<float> x, Vector512<float> y) => x + y;
    }

    private readonly struct Greater : ICombination
    {
        public static Vector128<float> Of(Vector128<float> x, Vector128<float> y) => Vector128.MaxNative(x, y);

        public static Vector256<float> Of(Vector256<float> x, Vector256<float> y) => Vector256.MaxNative(x, y);

        public static Vector512<float> Of(Vector512<float> x, Vector512<float> y) => Vector512.MaxNative(x, y);
    }

    private readonly struct Lesser : ICombination
    {
        public static Vector128<float> Of(Vector128<float> x, Vector128<float> y) => Vector128.MinNative(x, y);

        public static Vector256<float> Of(Vector256<float> x, Vector256<float> y) => Vector256.MinNative(x, y);

        public static Vector512<float> Of(Vector512<float> x, Vector512<float> y) => Vector512.MinNative(x, y);
    }
}
