using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Root-mean-square normalization.</content>
public static partial class Normalization
{
    /// <summary>
    /// Root-mean-square normalization: y = x / sqrt(mean(x^2) + epsilon) * weight, row by row (Zhang and Sennrich, "Root Mean Square Layer
    /// Normalization", 2019, equation 4). A NaN in a row makes that row NaN. <paramref name="y"/> may be <paramref name="x"/>.
    /// </summary>
    /// <param name="x">Input, [rows, cols].</param>
    /// <param name="weight">Gain, [cols].</param>
    /// <param name="y">Output, [rows, cols].</param>
    /// <param name="epsilon">Added to the mean square; positive.</param>
    /// <typeparam name="T">Element type of the activations.</typeparam>
    [Kernel(CudaWorkGroup = 256)]
    [Differentiable(nameof(x), nameof(weight), Tolerance = 1e-5)]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(RmsNormReference))]
    [Tolerance(typeof(float), 2e-6)]
    [Tolerance(typeof(Half), 6e-4)]
    [Tolerance(typeof(BFloat16), 5e-3)]
    public static void RmsNorm<[Elements(typeof(float), typeof(Half), typeof(BFloat16))] T>(
        [Shape("rows", "cols")] [Range(-2, 2)] View2<T> x,
        [Shape("cols")] View1<float> weight,
        [Shape("rows", "cols")] View2<T> y,
        [Value(0.5f)] float epsilon)
        where T : unmanaged
    {
        int row = ProgramId(0, x.Extent0);
        var cols = Range(0, x.Extent1);
        var v = x.Load(row, cols);
        float scale = Rsqrt((Sum(v * v) / x.Extent1) + epsilon);
        y.Store(row, cols, v * scale * weight.Load(cols));
    }

    private static void RmsNormReference(KernelCase c)
    {
        double[] x = c.Values("x"), weight = c.Values("weight"), y = c.Output("y");
        int rows = c.Extent("x", 0), cols = c.Extent("x", 1);
        for (int r = 0; r < rows; r++)
        {
            double square = 0;
            for (int i = 0; i < cols; i++)
                square += x[(r * cols) + i] * x[(r * cols) + i];
            double root = Math.Sqrt((square / cols) + c.Scalar("epsilon"));
            for (int i = 0; i < cols; i++)
                y[(r * cols) + i] = x[(r * cols) + i] / root * weight[i];
        }
    }
}
