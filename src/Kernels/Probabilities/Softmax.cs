using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Softmax.</content>
public static partial class Probabilities
{
    /// <summary>
    /// y = exp(x - max x) / sum(exp(x - max x)), row by row. A row that is -inf throughout gives zeros; one with a NaN or +inf gives NaN.
    /// <paramref name="y"/> may be <paramref name="x"/>.
    /// </summary>
    /// <param name="x">Logits, [rows, cols].</param>
    /// <param name="y">Output, [rows, cols].</param>
    /// <param name="block">Columns taken at a time.</param>
    /// <typeparam name="T">Element type of the logits and of the result; what is between is float.</typeparam>
    [Kernel(CudaWorkGroup = 1024, ApproximateExp = true)]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(SoftmaxReference))]
    [Tolerance(typeof(float), 4e-6)]
    [Tolerance(typeof(Half), 6e-4)]
    [Tolerance(typeof(BFloat16), 5e-3)]
    public static void Softmax<[Elements(typeof(float), typeof(Half), typeof(BFloat16))] T>(
        [Shape("rows", "cols")] View2<T> x, [Shape("rows", "cols")] View2<T> y, [Schedule(Cpu = 1024, OpenCl = 1024, Cuda = 8192)] int block)
        where T : unmanaged
    {
        int row = ProgramId(0, x.Extent0);
        var (max, sum) = OnlineNormalizer(x, row, block);
        float scale = sum == 0 ? 0 : 1 / sum;
        for (int start = 0; start < x.Extent1; start += block)
        {
            var cols = Range(start, block, x.Extent1);
            y.Store(row, cols, Exp(x.Load(row, cols) - max) * scale);
        }
    }

    private static void SoftmaxReference(KernelCase c)
    {
        double[] x = c.Values("x"), y = c.Output("y");
        int rows = c.Extent("x", 0), cols = c.Extent("x", 1);
        for (int r = 0; r < rows; r++)
        {
            double max = double.NegativeInfinity, sum = 0;
            for (int i = 0; i < cols; i++)
                max = Math.Max(max, x[(r * cols) + i]);
            for (int i = 0; i < cols; i++)
                sum += Math.Exp(x[(r * cols) + i] - max);
            for (int i = 0; i < cols; i++)
                y[(r * cols) + i] = double.IsNegativeInfinity(max) ? 0 : Math.Exp(x[(r * cols) + i] - max) / sum;
        }
    }
}
