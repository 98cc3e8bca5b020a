using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels.Tests;

/// <summary>Kernels whose gradients need every rule of differentiation.</summary>
public static partial class DifferentiatedKernels
{
    [Kernel]
    [Differentiable(nameof(x), nameof(z))]
    [Axis("rows", 1, 3)]
    [Axis("cols", 1, 7, 16, 33)]
    [Reference(nameof(ElementaryReference))]
    [Tolerance(typeof(float), 1e-5)]
    public static void Elementary(
        [Shape("rows", "cols")] [Range(-1.9, 1.7)] View2<float> x,
        [Shape("rows", "cols")] [Range(-1.6, 1.8)] View2<float> z,
        [Shape("rows", "cols")] View2<float> y,
        [Value(0.3f)] float bias)
    {
        int row = ProgramId(0, x.Extent0);
        var cols = Range(0, x.Extent1);
        var a = x.Load(row, cols);
        var b = z.Load(row, cols);
        var rising = Exp(a) + Log(1f + Abs(b)) + Sqrt(1f + (a * a)) - Rsqrt(2f + (b * b));
        var turning = Tanh(a) * Erf(b) + Sin(a) / (2f + Cos(b)) - Sigmoid(-b);
        var chosen = Max(a, b + bias) * Min(a * a, b) + Where(a > b, a * b, Floor(a) - b);
        y.Store(row, cols, Fma(rising, turning, chosen));
    }

    [Kernel]
    [Differentiable(nameof(x), nameof(shift))]
    [Axis("rows", 1, 5)]
    [Axis("heads", 1, 3)]
    [Axis("cols", 1, 7, 17)]
    [Reference(nameof(AcrossReference))]
    [Tolerance(typeof(float), 1e-5)]
    public static void Across(
        [Shape("rows", "heads", "cols")] [Range(-1.9, 1.7)] View3<float> x, [Shape("cols")] View1<float> shift, [Shape("rows", "heads", "cols")] View3<float> y)
    {
        int row = ProgramId(0, x.Extent0);
        var heads = Range(0, x.Extent1);
        var cols = Range(0, x.Extent2);

        // Apart from each other by what is added: at ties finite differences are of no side.
        var v = x.Load(row, heads, cols) + Row(shift.Load(cols) + (cols.ToFloat() * 0.011f)) + Col(heads.ToFloat() * 0.37f);
        var e = Exp(v - Col(Max(v, axis: 1)));
        y.Store(row, heads, cols, (e / Col(Sum(e, axis: 1))) + Row(Sum(v * v, axis: 0)) + Min(v));
    }

    [Kernel]
    [Differentiable(nameof(x), nameof(z))]
    [Axis("rows", 1, 4)]
    [Axis("m", 1, 5)]
    [Axis("k", 1, 7, 18)]
    [Axis("n", 1, 9)]
    [Reference(nameof(ProductsReference))]
    [Tolerance(typeof(float), 1e-5)]
    public static void Products(
        [Shape("rows", "m", "k")] [Range(0.3, 1.9)] View3<float> x,
        [Shape("rows", "n", "k")] [Range(-1.6, -0.2)] View3<float> z,
        [Shape("rows", "m", "n")] View3<float> y)
    {
        int row = ProgramId(0, x.Extent0);
        var m = Range(0, x.Extent1);
        var n = Range(0, z.Extent1);
        var k = Range(0, x.Extent2);
        var a = x.Load(row, m, k);
        var b = z.Load(row, n, k);
        y.Store(row, m, n, Dot(a, Transpose(b), Col(Dot(a, Sum(b, axis: 0))) + Zeros(m, n)) * Inner(Sum(a, axis: 0), Sum(b, axis: 0)));
    }

    private static void ElementaryReference(KernelCase c)
    {
        double[] x = c.Values("x"), z = c.Values("z"), y = c.Output("y"), magnitude = c.Magnitude("y");
        for (int i = 0; i < y.Length; i++)
        {
            double a = x[i], b = z[i];
            double rising = Math.Exp(a) + Math.Log(1 + Math.Abs(b)) + Math.Sqrt(1 + (a * a)) - (1 / Math.Sqrt(2 + (b * b)));
            double turning = (Math.Tanh(a) * ErfReference(b)) + (Math.Sin(a) / (2 + Math.Cos(b))) - (1 / (1 + Math.Exp(b)));
            double chosen = (Math.Max(a, b + c.Scalar("bias")) * Math.Min(a * a, b)) + (a > b ? a * b : Math.Floor(a) - b);
            y[i] = (rising * turning) + chosen;

            // The terms can cancel, and one element has no others beside it; the summands within them are about 1.
            magnitude[i] = Math.Abs(rising * turning) + Math.Abs(chosen) + 1;
        }
    }

    private static void AcrossReference(KernelCase c)
    {
        double[] x = c.Values("x"), shift = c.Values("shift"), y = c.Output("y");
        int heads = c.Extent("x", 1), cols = c.Extent("x", 2), size = heads * cols;
        for (int row = 0; row < c.Extent("x", 0); row++)
        {
            double[] v = [.. Enumerable.Range(0, size).Select(i => x[(row * size) + i] + shift[i % cols] + (i % cols * (double)0.011f) + (i / cols * (double)0.37f))];
            for (int i = 0; i < size; i++)
            {
                double[] own = v[(i / cols * cols)..(((i / cols) + 1) * cols)];
                double max = own.Max(), squares = Enumerable.Range(0, heads).Sum(head => v[(head * cols) + (i % cols)] * v[(head * cols) + (i % cols)]);
                y[(row * size) + i] = (Math.Exp(v[i] - max) / own.Sum(value => Math.Exp(value - max))) + squares + v.Min();
            }
        }
    }

    private static void ProductsReference(KernelCase c)
    {
        double[] x = c.Values("x"), z = c.Values("z"), y = c.Output("y"), magnitude = c.Magnitude("y");
        int m = c.Extent("x", 1), k = c.Extent("x", 2), n = c.Extent("z", 1);
        for (int row = 0; row < c.Extent("x", 0); row++)
        {
            double A(int i, int l) => x[(((row * m) + i) * k) + l];
            double B(int j, int l) => z[(((row * n) + j) * k) + l];
            double[] sumA = [.. Enumerable.Range(0, k).Select(l => Enumerable.Range(0, m).Sum(i => A(i, l)))];
            double[] sumB = [.. Enumerable.Range(0, k).Select(l => Enumerable.Range(0, n).Sum(j => B(j, l)))];
            double factor = sumA.Zip(sumB, (a, b) => a * b).Sum(), size = sumA.Zip(sumB, (a, b) => Math.Abs(a * b)).Sum();
            for (int i = 0; i < m; i++)
            {
                double extra = Enumerable.Range(0, k).Sum(l => A(i, l) * sumB[l]), extraSize = Enumerable.Range(0, k).Sum(l => Math.Abs(A(i, l) * sumB[l]));
                for (int j = 0; j < n; j++)
                {
                    int at = (((row * m) + i) * n) + j;
                    y[at] = (Enumerable.Range(0, k).Sum(l => A(i, l) * B(j, l)) + extra) * factor;
                    magnitude[at] = (Enumerable.Range(0, k).Sum(l => Math.Abs(A(i, l) * B(j, l))) + extraSize) * size;
                }
            }
        }
    }

    private static double ErfReference(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < 200; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return sum * 2 / Math.Sqrt(Math.PI);
    }
}
