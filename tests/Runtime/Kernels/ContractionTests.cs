using System.Runtime.Intrinsics;

namespace KernelFoundry.Runtime.Tests.Kernels;

/// <summary>The rendered matrix products and what else generated code calls at the ends of rows, at every vector width.</summary>
public sealed unsafe class ContractionTests
{
    private delegate void Product(float* a, long strideA, float* b, long strideB, float* c, long strideC, int rows, int columns, int depth, bool accumulates);

    private static readonly Product[] s_byColumns =
    [
        Contractions512.ByColumns, Contractions256.ByColumns, Contractions128.ByColumns,
        Contractions512.ByColumnsAhead, Contractions256.ByColumnsAhead, Contractions128.ByColumnsAhead,
    ];

    private static readonly Product[] s_byDepth =
    [
        Contractions512.ByDepth, Contractions256.ByDepth, Contractions128.ByDepth,
        Contractions512.ByDepthAhead, Contractions256.ByDepthAhead, Contractions128.ByDepthAhead,
    ];

    public static TheoryData<int, int, int> Shapes()
    {
        var shapes = new TheoryData<int, int, int>();
        foreach (int rows in new[] { 1, 2, 3, 7, 8, 13 })
        {
            foreach (int columns in new[] { 1, 15, 16, 21, 33, 64, 80 })
            {
                foreach (int depth in new[] { 0, 1, 17, 64, 256, 259 })
                    shapes.Add(rows, columns, depth);
            }
        }

        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Products_by_columns_are_fused_in_order(int rows, int columns, int depth) => Check(s_byColumns, rows, columns, depth, true, (a, b, c) =>
    {
        for (int k = 0; k < depth; k++)
            c = MathF.FusedMultiplyAdd(a(k), b(k), c);
        return c;
    });

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Products_by_depth_are_sixteen_partial_sums(int rows, int columns, int depth) => Check(s_byDepth, rows, columns, depth, false, (a, b, c) =>
    {
        var partials = new float[16];
        for (int k = 0; k < depth; k++)
            partials[k % 16] = MathF.FusedMultiplyAdd(a(k), b(k), partials[k % 16]);
        for (int distance = 8; distance > 0; distance /= 2)
        {
            for (int lane = 0; lane < distance; lane++)
                partials[lane] += partials[lane + distance];
        }

        return c + partials[0];
    });

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 9)]
    [InlineData(8, 16)]
    [InlineData(33, 31)]
    public void Transposes_swap_rows_and_columns(int rows, int columns)
    {
        float[] source = Drawn(rows * (columns + 3)), target = new float[columns * (rows + 5)];
        fixed (float* s = source, t = target)
            Lanes.Transpose(s, columns + 3, t, rows + 5, rows, columns);
        for (int c = 0; c < columns; c++)
        {
            for (int r = 0; r < rows + 5; r++)
                Assert.Equal(r < rows ? source[(r * (columns + 3)) + c] : 0, target[(c * (rows + 5)) + r]);
        }
    }

    [Fact]
    public void Counted_reads_and_writes_touch_nothing_past_the_count()
    {
        for (int count = -3; count <= 18; count++)
        {
            float[] source = Drawn(16), target = new float[16];
            byte[] bytes = [.. Enumerable.Range(100, 16).Select(i => (byte)i)];
            short[] shorts = [.. Enumerable.Range(0, 16).Select(i => (short)(i - 1000))];
            int whole = Math.Clamp(count, 0, 16);
            fixed (float* s = source, t = target)
            fixed (byte* b = bytes)
            fixed (short* h = shorts)
            {
                Lanes.Store(Lanes.Load512(s, count), t, count);
                Assert.Equal([.. source.Take(whole), .. new float[16 - whole]], target);
                Assert.Equal([.. bytes.Take(whole).Select(x => (int)x), .. new int[16 - whole]], Ints(Lanes.Load512(b, count)));
                Assert.Equal([.. shorts.Take(whole).Select(x => (int)x), .. new int[16 - whole]], Ints(Lanes.Load512(h, count)));
                Vector512<int> halves = Vector512.Create(Lanes.Load256(h, count), Lanes.Load256(h + 8, count - 8));
                Assert.Equal(Ints(Lanes.Load512(h, count)), Ints(halves));
                Vector256<int> quarters = Vector256.Create(Lanes.Load128(h, count), Lanes.Load128(h + 4, count - 4));
                Assert.Equal(Ints(Lanes.Load512(h, count))[..8], Enumerable.Range(0, 8).Select(i => quarters[i]));
            }
        }
    }

    private static int[] Ints(Vector512<int> vector) => [.. Enumerable.Range(0, 16).Select(i => vector[i])];

    private static void Check(
        Product[] widths, int rows, int columns, int depth, bool byColumns, Func<Func<int, float>, Func<int, float>, float, float> expected)
    {
        int strideA = depth + 2, strideC = ((columns + 15) / 16 * 16) + 16, strideB = byColumns ? strideC : depth + 1;
        float[] a = Drawn((rows * strideA) + 16), b = Drawn(((byColumns ? depth : columns) * strideB) + 32), start = Drawn((rows * strideC) + 32);
        foreach (bool accumulates in new[] { false, true })
        {
            foreach (Product product in widths)
            {
                float[] c = [.. start];
                fixed (float* pa = a, pb = b, pc = c)
                    product(pa, strideA, pb, strideB, pc, strideC, rows, columns, depth, accumulates);
                for (int i = 0; i < rows * strideC; i++)
                {
                    (int m, int n) = (i / strideC, i % strideC);
                    if (n < columns)
                    {
                        float sum = expected(
                            k => a[(m * strideA) + k], k => b[byColumns ? (k * strideB) + n : (n * strideB) + k], accumulates ? start[i] : 0);
                        Assert.Equal(sum, c[i]);
                    }
                    else if (n >= strideC - 16)
                    {
                        Assert.Equal(start[i], c[i]);
                    }
                }
            }
        }
    }

    private static float[] Drawn(int count)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }
}
