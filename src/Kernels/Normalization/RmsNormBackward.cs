using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The gradient of root-mean-square normalization.</content>
public static partial class Normalization
{
    /// <summary>
    /// The gradients of <see cref="RmsNorm"/>. That of x is added to <paramref name="dx"/>; that of the weight is left in parts, part p the
    /// sum over the p-th share of the rows in their order, for <see cref="Reduction.SumRows"/> to add up. A NaN in a row of x or dy makes
    /// that row of dx NaN. <paramref name="dx"/> must not be <paramref name="dy"/>.
    /// </summary>
    /// <param name="x">Input, [rows, cols].</param>
    /// <param name="weight">Gain, [cols].</param>
    /// <param name="dy">Gradient of the output, [rows, cols].</param>
    /// <param name="dx">Gradient of the input, [rows, cols].</param>
    /// <param name="dWeightPartials">Written: parts of the gradient of the gain, [parts, cols]; as many as the caller likes.</param>
    /// <param name="epsilon">As in the forward kernel.</param>
    /// <typeparam name="T">Element type of the activations.</typeparam>
    [Kernel]
    [Axis("rows", 1, 7, 33)]
    [Axis("parts", 1, 2, 16)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127)]
    [Reference(nameof(RmsNormBackwardReference))]
    [Tolerance(typeof(float), 4e-6)]
    public static void RmsNormBackward<[Elements(typeof(float), typeof(BFloat16))] T>(
        [Shape("rows", "cols")] View2<T> x,
        [Shape("cols")] View1<float> weight,
        [Shape("rows", "cols")] View2<float> dy,
        [Shape("rows", "cols")] [Accumulated] View2<float> dx,
        [Shape("parts", "cols")] View2<float> dWeightPartials,
        [Value(1e-5f)] float epsilon)
        where T : unmanaged
    {
        int part = ProgramId(0, dWeightPartials.Extent0);
        int share = CeilDiv(x.Extent0, dWeightPartials.Extent0);
        var cols = Range(0, x.Extent1);
        var dWeight = Zeros(cols);
        for (int row = part * share; row < Min((part + 1) * share, x.Extent0); row++)
        {
            var v = x.Load(row, cols);
            float scale = Rsqrt((Sum(v * v) / x.Extent1) + epsilon);
            var normalized = v * scale;
            var g = dy.Load(row, cols);
            dWeight += g * normalized;
            var scaled = g * weight.Load(cols);
            float along = Sum(scaled * normalized) / x.Extent1;
            dx.Store(row, cols, dx.Load(row, cols) + (scale * (scaled - (along * normalized))));
        }

        dWeightPartials.Store(part, cols, dWeight);
    }

    private static void RmsNormBackwardReference(KernelCase c)
    {
        double[] x = c.Values("x"), weight = c.Values("weight"), dy = c.Values("dy"), dx = c.Output("dx"), parts = c.Output("dWeightPartials");
        double[] magnitude = c.Magnitude("dx"), partMagnitude = c.Magnitude("dWeightPartials");
        int rows = c.Extent("x", 0), cols = c.Extent("x", 1), share = (rows + c.Extent("dWeightPartials", 0) - 1) / c.Extent("dWeightPartials", 0);
        Array.Clear(parts);
        for (int r = 0; r < rows; r++)
        {
            double square = 0, along = 0, size = 0;
            for (int i = r * cols; i < (r + 1) * cols; i++)
            {
                square += x[i] * x[i];
                along += dy[i] * weight[i % cols] * x[i];
                size += Math.Pow(dy[i] * weight[i % cols] * x[i], 2);
            }

            double scale = 1 / Math.Sqrt((square / cols) + c.Scalar("epsilon"));
            for (int i = r * cols; i < (r + 1) * cols; i++)
            {
                int part = (r / share * cols) + (i % cols);
                double direct = dy[i] * weight[i % cols] * scale, back = x[i] * scale * scale * scale / cols;
                magnitude[i] = Math.Abs(dx[i]) + Math.Abs(direct) + Math.Abs(back * Math.Sqrt(size));
                dx[i] += direct - (back * along);
                parts[part] += dy[i] * x[i] * scale;
                partMagnitude[part] = Math.Sqrt(Math.Pow(partMagnitude[part], 2) + Math.Pow(dy[i] * x[i] * scale, 2));
            }
        }
    }
}
