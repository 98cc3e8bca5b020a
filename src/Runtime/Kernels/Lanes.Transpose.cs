using System.Runtime.Intrinsics;

namespace KernelFoundry;

/// <content>Matrices transposed by squares of four.</content>
public static unsafe partial class Lanes
{
    /// <summary>target[c, r] = source[r, c].</summary>
    /// <param name="source">First element of the first row.</param>
    /// <param name="sourceStride">Elements between rows of the source.</param>
    /// <param name="target">First element of the first row of the target.</param>
    /// <param name="targetStride">Elements between rows of the target.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    public static void Transpose(float* source, long sourceStride, float* target, long targetStride, int rows, int columns)
    {
        int wholeRows = rows & ~3, wholeColumns = columns & ~3;
        for (int r = 0; r < wholeRows; r += 4)
        {
            float* from = source + (r * sourceStride), to = target + r;
            for (int c = 0; c < wholeColumns; c += 4)
            {
                Vector128<float> a = Vector128.Load(from + c), b = Vector128.Load(from + sourceStride + c);
                Vector128<float> d = Vector128.Load(from + (2 * sourceStride) + c), e = Vector128.Load(from + (3 * sourceStride) + c);
                (Vector128<float> ab, Vector128<float> abHigh) = Interleave(a, b);
                (Vector128<float> de, Vector128<float> deHigh) = Interleave(d, e);
                float* row = to + (c * targetStride);
                Vector128.Create(ab.GetLower(), de.GetLower()).Store(row);
                Vector128.Create(ab.GetUpper(), de.GetUpper()).Store(row + targetStride);
                Vector128.Create(abHigh.GetLower(), deHigh.GetLower()).Store(row + (2 * targetStride));
                Vector128.Create(abHigh.GetUpper(), deHigh.GetUpper()).Store(row + (3 * targetStride));
            }

            Singly(source, sourceStride, target, targetStride, r, r + 4, wholeColumns, columns);
        }

        Singly(source, sourceStride, target, targetStride, wholeRows, rows, 0, columns);
    }

    // a0 b0 a1 b1 and a2 b2 a3 b3.
    private static (Vector128<float> Low, Vector128<float> High) Interleave(Vector128<float> a, Vector128<float> b) =>
        (System.Runtime.Intrinsics.X86.Sse.IsSupported ? System.Runtime.Intrinsics.X86.Sse.UnpackLow(a, b) : Vector128.Create(a[0], b[0], a[1], b[1]),
            System.Runtime.Intrinsics.X86.Sse.IsSupported ? System.Runtime.Intrinsics.X86.Sse.UnpackHigh(a, b) : Vector128.Create(a[2], b[2], a[3], b[3]));

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
