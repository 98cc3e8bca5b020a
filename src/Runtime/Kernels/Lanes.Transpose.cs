using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelFoundry;

/// <content>Matrices transposed by squares of eight or four.</content>
public static unsafe partial class Lanes
{
    /// <summary>target[c, r] = source[r, c].</summary>
    /// <param name="source">First element of the first row.</param>
    /// <param name="sourceStride">Elements between rows of the source.</param>
    /// <param name="target">First element of the first row of the target.</param>
    /// <param name="targetStride">Elements between rows of the target.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* source, long sourceStride, float* target, long targetStride, int rows, int columns)
    {
        // Down the source and along the target: a line of the source serves several of these runs from the cache.
        int square = Avx.IsSupported ? 8 : 4;
        int wholeRows = rows / square * square, wholeColumns = columns / square * square;
        for (int c = 0; c < wholeColumns; c += square)
        {
            for (int r = 0; r < wholeRows; r += square)
            {
                if (Avx.IsSupported)
                    TransposeEight(source + (r * sourceStride) + c, sourceStride, target + (c * targetStride) + r, targetStride);
                else
                    TransposeFour(source + (r * sourceStride) + c, sourceStride, target + (c * targetStride) + r, targetStride);
            }
        }

        Singly(source, sourceStride, target, targetStride, wholeRows, rows, 0, columns);
        Singly(source, sourceStride, target, targetStride, 0, wholeRows, wholeColumns, columns);
    }

    /// <inheritdoc cref="Transpose(float*, long, float*, long, int, int)"/>
    public static void Transpose(int* source, long sourceStride, int* target, long targetStride, int rows, int columns) =>
        Transpose((float*)source, sourceStride, (float*)target, targetStride, rows, columns);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeEight(float* s, long sourceStride, float* t, long targetStride)
    {
        Vector256<float> a = Vector256.Load(s), b = Vector256.Load(s + sourceStride);
        Vector256<float> c = Vector256.Load(s + (2 * sourceStride)), d = Vector256.Load(s + (3 * sourceStride));
        s += 4 * sourceStride;
        Vector256<float> e = Vector256.Load(s), f = Vector256.Load(s + sourceStride);
        Vector256<float> g = Vector256.Load(s + (2 * sourceStride)), h = Vector256.Load(s + (3 * sourceStride));
        Vector256<float> ab = Avx.UnpackLow(a, b), ab2 = Avx.UnpackHigh(a, b), cd = Avx.UnpackLow(c, d), cd2 = Avx.UnpackHigh(c, d);
        Vector256<float> ef = Avx.UnpackLow(e, f), ef2 = Avx.UnpackHigh(e, f), gh = Avx.UnpackLow(g, h), gh2 = Avx.UnpackHigh(g, h);
        Vector256<float> p = Avx.Shuffle(ab, cd, 0x44), q = Avx.Shuffle(ab, cd, 0xEE), u = Avx.Shuffle(ab2, cd2, 0x44), v = Avx.Shuffle(ab2, cd2, 0xEE);
        Vector256<float> w = Avx.Shuffle(ef, gh, 0x44), x = Avx.Shuffle(ef, gh, 0xEE), y = Avx.Shuffle(ef2, gh2, 0x44), z = Avx.Shuffle(ef2, gh2, 0xEE);
        Avx.Permute2x128(p, w, 0x20).Store(t);
        Avx.Permute2x128(q, x, 0x20).Store(t + targetStride);
        Avx.Permute2x128(u, y, 0x20).Store(t + (2 * targetStride));
        Avx.Permute2x128(v, z, 0x20).Store(t + (3 * targetStride));
        t += 4 * targetStride;
        Avx.Permute2x128(p, w, 0x31).Store(t);
        Avx.Permute2x128(q, x, 0x31).Store(t + targetStride);
        Avx.Permute2x128(u, y, 0x31).Store(t + (2 * targetStride));
        Avx.Permute2x128(v, z, 0x31).Store(t + (3 * targetStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeFour(float* s, long sourceStride, float* t, long targetStride)
    {
        Vector128<float> a = Vector128.Load(s), b = Vector128.Load(s + sourceStride);
        Vector128<float> c = Vector128.Load(s + (2 * sourceStride)), d = Vector128.Load(s + (3 * sourceStride));
        Vector128.Create(a[0], b[0], c[0], d[0]).Store(t);
        Vector128.Create(a[1], b[1], c[1], d[1]).Store(t + targetStride);
        Vector128.Create(a[2], b[2], c[2], d[2]).Store(t + (2 * targetStride));
        Vector128.Create(a[3], b[3], c[3], d[3]).Store(t + (3 * targetStride));
    }

    private static void Singly(
        float* source, long sourceStride, float* target, long targetStride, int firstRow, int endRow, int firstColumn, int endColumn)
    {
        for (int r = firstRow; r < endRow; r++)
        {
            for (int c = firstColumn; c < endColumn; c++)
                target[(c * targetStride) + r] = source[(r * sourceStride) + c];
        }
    }
}
