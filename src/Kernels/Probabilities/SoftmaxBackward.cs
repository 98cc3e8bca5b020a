using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The gradient of softmax.</content>
public static partial class Probabilities
{
    /// <summary>
    /// The gradient of <see cref="Softmax"/> by its logits, added to what is there: dx = dx + y (dy - sum(dy y)), row by row, from the
    /// probabilities alone. A row of zeros, which had no finite logit, gets nothing. A NaN in a row of y or dy makes that row of dx NaN.
    /// </summary>
    /// <param name="y">Output of the forward kernel, [rows, cols].</param>
    /// <param name="dy">Its gradient, [rows, cols].</param>
    /// <param name="dx">Gradient of the logits, [rows, cols]; apart from <paramref name="dy"/>.</param>
    /// <param name="block">Columns taken at a time.</param>
    /// <typeparam name="T">Element type of the probabilities.</typeparam>
    [Kernel(CudaWorkGroup = 1024)]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(SoftmaxBackwardReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void SoftmaxBackward<[Elements(typeof(float), typeof(BFloat16))] T>(
        [Shape("rows", "cols")] [Range(0, 1)] View2<T> y,
        [Shape("rows", "cols")] View2<float> dy,
        [Shape("rows", "cols")] [Accumulated] View2<float> dx,
        [Schedule(Cpu = 1024, OpenCl = 1024, Cuda = 8192)] int block)
        where T : unmanaged
    {
        int row = ProgramId(0, y.Extent0);
        float sum = 0;
        for (int start = 0; start < y.Extent1; start += block)
        {
            var cols = Range(start, block, y.Extent1);
            sum += Sum(y.Load(row, cols) * dy.Load(row, cols));
        }

        for (int start = 0; start < y.Extent1; start += block)
        {
            var cols = Range(start, block, y.Extent1);
            dx.Store(row, cols, dx.Load(row, cols) + (y.Load(row, cols) * (dy.Load(row, cols) - sum)));
        }
    }

    private static void SoftmaxBackwardReference(KernelCase c)
    {
        double[] y = c.Values("y"), dy = c.Values("dy"), dx = c.Output("dx"), magnitude = c.Magnitude("dx");
        int rows = c.Extent("y", 0), cols = c.Extent("y", 1);
        for (int r = 0; r < rows; r++)
        {
            double sum = 0, square = 0;
            for (int i = r * cols; i < (r + 1) * cols; i++)
            {
                sum += y[i] * dy[i];
                square += y[i] * dy[i] * y[i] * dy[i];
            }

            for (int i = r * cols; i < (r + 1) * cols; i++)
            {
                magnitude[i] = Math.Abs(dx[i]) + (Math.Abs(y[i]) * (Math.Abs(dy[i]) + Math.Sqrt(square)));
                dx[i] += y[i] * (dy[i] - sum);
            }
        }
    }
}
