using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The gradient of what a linear layer reads.</content>
public static partial class Linear
{
    /// <summary>
    /// The gradient of <see cref="MatMul"/> by its activations, added to what is there: dx[t, c] += sum over r of dy[t, r] w[r, c], in
    /// increasing order of r. NaN in a row of dy or a column of w makes their products NaN. <paramref name="dx"/> must not be
    /// <paramref name="dy"/>.
    /// </summary>
    /// <param name="w">Weights, [rows, cols].</param>
    /// <param name="dy">Gradient of the output, [tokens, rows].</param>
    /// <param name="dx">Gradient of the activations, [tokens, cols].</param>
    /// <param name="blockTokens">Tokens a program.</param>
    /// <param name="blockCols">Columns a program.</param>
    /// <param name="blockRows">Weight rows taken at a time.</param>
    /// <typeparam name="T">Element type of the weights.</typeparam>
    [Kernel(CudaWorkGroup = 128)]
    [Axis("tokens", 1, 7, 8, 9, 33)]
    [Axis("rows", 1, 7, 9, 31, 33, 127, 300)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255)]
    [Reference(nameof(MatMulBackwardXReference))]
    [Tolerance(typeof(float), 4e-6)]
    [RoundedProducts(typeof(BFloat16), 6e-3)]
    public static void MatMulBackwardX<[Elements(typeof(float), typeof(BFloat16))] T>(
        [Shape("rows", "cols")] View2<T> w,
        [Shape("tokens", "rows")] View2<float> dy,
        [Shape("tokens", "cols")] [Accumulated] View2<float> dx,
        [Schedule(Cpu = 256, OpenCl = 8, Cuda = 64)] int blockTokens,
        [Schedule(Cpu = 64, OpenCl = 16, Cuda = 32, CudaMatrices = 64)] int blockCols,
        [Schedule(Cpu = 256, OpenCl = 32, Cuda = 64)] int blockRows)
        where T : unmanaged
    {
        var cols = ProgramRange(0, w.Extent1, blockCols);
        var tokens = ProgramRange(1, dy.Extent0, blockTokens);
        var sums = dx.Load(tokens, cols);
        for (int r0 = 0; r0 < w.Extent0; r0 += blockRows)
        {
            var r = Range(r0, blockRows, w.Extent0);
            sums = Dot(dy.Load(tokens, r), w.Load(r, cols), sums);
        }

        dx.Store(tokens, cols, sums);
    }

    private static void MatMulBackwardXReference(KernelCase c)
    {
        double[] w = c.Values("w"), dy = c.Values("dy"), dx = c.Output("dx"), magnitude = c.Magnitude("dx");
        int rows = c.Extent("w", 0), cols = c.Extent("w", 1);
        for (int i = 0; i < dx.Length; i++)
        {
            double square = dx[i] * dx[i];
            for (int r = 0; r < rows; r++)
            {
                double product = dy[(i / cols * rows) + r] * w[(r * cols) + (i % cols)];
                dx[i] += product;
                square += product * product;
            }

            magnitude[i] = Math.Sqrt(square);
        }
    }
}
