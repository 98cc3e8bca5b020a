using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The gradient of a linear layer's weights.</content>
public static partial class Linear
{
    /// <summary>
    /// The gradient of <see cref="MatMul"/> by its weights, added to what is there: dw[r, c] += sum over t of dy[t, r] x[t, c], in
    /// increasing order of t. NaN in a column of either operand makes their products NaN.
    /// </summary>
    /// <param name="x">Activations, [tokens, cols].</param>
    /// <param name="dy">Gradient of the output, [tokens, rows].</param>
    /// <param name="dw">Gradient of the weights, [rows, cols].</param>
    /// <param name="blockRows">Weight rows a program.</param>
    /// <param name="blockCols">Columns a program.</param>
    /// <param name="blockTokens">Tokens taken at a time.</param>
    [Kernel]
    [Axis("tokens", 1, 7, 8, 9, 33, 300)]
    [Axis("rows", 1, 7, 9, 31, 33, 127)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255)]
    [Reference(nameof(MatMulBackwardWReference))]
    [Tolerance(typeof(float), 4e-6)]
    public static void MatMulBackwardW(
        [Shape("tokens", "cols")] View2<float> x,
        [Shape("tokens", "rows")] View2<float> dy,
        [Shape("rows", "cols")] [Accumulated] View2<float> dw,
        [Schedule(Cpu = 32, OpenCl = 8, Cuda = 32)] int blockRows,
        [Schedule(Cpu = 256, OpenCl = 16, Cuda = 32)] int blockCols,
        [Schedule(Cpu = 256, OpenCl = 32, Cuda = 64)] int blockTokens)
    {
        var cols = ProgramRange(0, dw.Extent1, blockCols);
        var rows = ProgramRange(1, dw.Extent0, blockRows);
        var sums = dw.Load(rows, cols);
        for (int t0 = 0; t0 < x.Extent0; t0 += blockTokens)
        {
            var t = Range(t0, blockTokens, x.Extent0);
            sums = Dot(Transpose(dy.Load(t, rows)), x.Load(t, cols), sums);
        }

        dw.Store(rows, cols, sums);
    }

    private static void MatMulBackwardWReference(KernelCase c)
    {
        double[] x = c.Values("x"), dy = c.Values("dy"), dw = c.Output("dw"), magnitude = c.Magnitude("dw");
        int tokens = c.Extent("x", 0), rows = c.Extent("dw", 0), cols = c.Extent("dw", 1);
        for (int i = 0; i < dw.Length; i++)
        {
            double square = dw[i] * dw[i];
            for (int t = 0; t < tokens; t++)
            {
                double product = dy[(t * rows) + (i / cols)] * x[(t * cols) + (i % cols)];
                dw[i] += product;
                square += product * product;
            }

            magnitude[i] = Math.Sqrt(square);
        }
    }
}
