using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Layer normalization.</content>
public static partial class Normalization
{
    /// <summary>
    /// Layer normalization: y = (x - mean(x)) / sqrt(var(x) + epsilon) * weight + bias, row by row (Ba, Kiros and Hinton, "Layer
    /// Normalization", 2016, equation 4). The variance is the mean of squared distances from the mean, computed after it: no cancellation.
    /// A NaN in a row makes that row NaN. <paramref name="y"/> may be <paramref name="x"/>.
    /// </summary>
    /// <param name="x">Input, [rows, cols].</param>
    /// <param name="weight">Gain, [cols].</param>
    /// <param name="bias">Offset, [cols].</param>
    /// <param name="y">Output, [rows, cols].</param>
    /// <param name="epsilon">Added to the variance; positive.</param>
    /// <typeparam name="T">Element type of the activations.</typeparam>
    [Kernel(CudaWorkGroup = 256)]
    [Differentiable(nameof(x), nameof(weight), nameof(bias), Tolerance = 2e-5)]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(LayerNormReference))]
    [Tolerance(typeof(float), 4e-6)]
    [Tolerance(typeof(Half), 6e-4)]
    [Tolerance(typeof(BFloat16), 5e-3)]
    public static void LayerNorm<[Elements(typeof(float), typeof(Half), typeof(BFloat16))] T>(
        [Shape("rows", "cols")] View2<T> x,
        [Shape("cols")] View1<float> weight,
        [Shape("cols")] View1<float> bias,
        [Shape("rows", "cols")] View2<T> y,
        [Value(1e-5f)] float epsilon)
        where T : unmanaged
    {
        int row = ProgramId(0, x.Extent0);
        var cols = Range(0, x.Extent1);
        var v = x.Load(row, cols);
        var centred = v - (Sum(v) / x.Extent1);
        float scale = Rsqrt((Sum(centred * centred) / x.Extent1) + epsilon);
        y.Store(row, cols, (centred * scale * weight.Load(cols)) + bias.Load(cols));
    }

    private static void LayerNormReference(KernelCase c)
    {
        double[] x = c.Values("x"), weight = c.Values("weight"), bias = c.Values("bias"), y = c.Output("y");
        int rows = c.Extent("x", 0), cols = c.Extent("x", 1);
        for (int r = 0; r < rows; r++)
        {
            double mean = 0, variance = 0;
            for (int i = 0; i < cols; i++)
                mean += x[(r * cols) + i] / cols;
            for (int i = 0; i < cols; i++)
                variance += Math.Pow(x[(r * cols) + i] - mean, 2) / cols;
            for (int i = 0; i < cols; i++)
                y[(r * cols) + i] = ((x[(r * cols) + i] - mean) / Math.Sqrt(variance + c.Scalar("epsilon")) * weight[i]) + bias[i];
        }
    }
}
