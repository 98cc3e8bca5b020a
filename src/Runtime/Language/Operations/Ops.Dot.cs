using static KernelFoundry.StripedReduction;

namespace KernelFoundry;

/// <content>
/// Products summed over k. Float dots use fused multiply-adds in the striped order of <see cref="StripedReduction"/>; devices may order them
/// otherwise, within a kernel's tolerance. Integer dots are exact.
/// </content>
public static partial class Ops
{
    /// <summary>Matrix times matrix, or matrix times vector. For two tiles of one axis see <see cref="Inner(Tile{float}, Tile{float})"/>.</summary>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[k, n], or [k].</param>
    /// <returns>[m, n], or [m] where <paramref name="b"/> has one axis.</returns>
    /// <exception cref="KernelExecutionException">The shapes do not match.</exception>
    public static Tile<float> Dot(Tile<float> a, Tile<float> b)
    {
        (int m, int n, int k) = DotShape(a, b);
        var result = new float[m * n];
        Span<float> partials = stackalloc float[Stripes];
        for (int i = 0; i < m; i++)
        {
            ReadOnlySpan<float> row = a.Row(i);
            for (int j = 0; j < n; j++)
            {
                partials.Clear();
                for (int l = 0; l < k; l++)
                    partials[l % Stripes] = MathF.FusedMultiplyAdd(row[l], b.Data[(l * n) + j], partials[l % Stripes]);
                result[(i * n) + j] = Combine<float, ScalarOperations.Add<float>>(partials);
            }
        }

        return new Tile<float>(result, b.Rank, m, n);
    }

    /// <summary>Matrix product added to an accumulator: acc + Dot(a, b).</summary>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[k, n], or [k].</param>
    /// <param name="acc">The shape of the product.</param>
    /// <returns>A tile of the shape of <paramref name="acc"/>.</returns>
    /// <exception cref="KernelExecutionException">The shapes do not match.</exception>
    public static Tile<float> Dot(Tile<float> a, Tile<float> b, Tile<float> acc) => acc + Dot(a, b);

    /// <summary>Exact product of 8-bit integers in 32-bit arithmetic.</summary>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[k, n], or [k].</param>
    /// <returns>[m, n], or [m] where <paramref name="b"/> has one axis.</returns>
    /// <exception cref="KernelExecutionException">The shapes do not match.</exception>
    public static Tile<int> Dot(Tile<sbyte> a, Tile<sbyte> b)
    {
        (int m, int n, int k) = DotShape(a, b);
        var result = new int[m * n];
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                int sum = 0;
                for (int l = 0; l < k; l++)
                    sum += a.Data[(i * k) + l] * b.Data[(l * n) + j];
                result[(i * n) + j] = sum;
            }
        }

        return new Tile<int>(result, b.Rank, m, n);
    }

    /// <summary>Inner product of two vectors.</summary>
    /// <param name="a">[k].</param>
    /// <param name="b">[k].</param>
    /// <returns>The sum of a[i] * b[i].</returns>
    /// <exception cref="KernelExecutionException">The extents differ.</exception>
    public static float Inner(Tile<float> a, Tile<float> b)
    {
        int k = InnerExtent(a, b);
        Span<float> partials = stackalloc float[Stripes];
        partials.Clear();
        for (int i = 0; i < k; i++)
            partials[i % Stripes] = MathF.FusedMultiplyAdd(a.Data[i], b.Data[i], partials[i % Stripes]);
        return Combine<float, ScalarOperations.Add<float>>(partials);
    }

    /// <summary>Exact inner product of two vectors of 8-bit integers in 32-bit arithmetic.</summary>
    /// <param name="a">[k].</param>
    /// <param name="b">[k].</param>
    /// <returns>The sum of a[i] * b[i].</returns>
    /// <exception cref="KernelExecutionException">The extents differ.</exception>
    public static int Inner(Tile<sbyte> a, Tile<sbyte> b)
    {
        int k = InnerExtent(a, b);
        int sum = 0;
        for (int i = 0; i < k; i++)
            sum += a.Data[i] * b.Data[i];
        return sum;
    }

    private static (int M, int N, int K) DotShape<T>(Tile<T> a, Tile<T> b)
        where T : unmanaged
    {
        if (a.Rank != 2 || a.Extent1 != b.Extent0)
        {
            throw new KernelExecutionException($"Dot takes [m, k] and [k, n] or [k], but got {a.ShapeText} and {b.ShapeText}. "
                + "For two tiles of one axis use Inner; Transpose turns [n, k] into [k, n].");
        }

        return (a.Extent0, b.Extent1, a.Extent1);
    }

    private static int InnerExtent<T>(Tile<T> a, Tile<T> b)
        where T : unmanaged => a.Rank == 1 && b.Rank == 1 && a.Extent0 == b.Extent0
            ? a.Extent0
            : throw new KernelExecutionException($"Inner takes two tiles of one axis and equal extents, but got {a.ShapeText} and {b.ShapeText}.");
}
