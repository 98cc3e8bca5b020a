using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The sum of a matrix's rows.</content>
public static partial class Reduction
{
    /// <summary>
    /// Adds the rows of a matrix to a vector, y[c] += sum over r of x[r, c], in increasing order of r: the second stage of weight gradients that programs
    /// leave in parts, and the gradient of a bias. NaN in a column makes its sum NaN.
    /// </summary>
    /// <param name="x">The rows, [rows, cols].</param>
    /// <param name="y">What they are added to, [cols].</param>
    /// <param name="block">Columns a program.</param>
    [Kernel]
    [Axis("rows", 1, 7, 33, 127)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(SumRowsReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void SumRows(
        [Shape("rows", "cols")] View2<float> x, [Shape("cols")] [Accumulated] View1<float> y, [Schedule(Cpu = 128, OpenCl = 64)] int block)
    {
        var cols = ProgramRange(0, y.Extent0, block);
        var sum = y.Load(cols);
        for (int row = 0; row < x.Extent0; row++)
            sum += x.Load(row, cols);
        y.Store(cols, sum);
    }

    private static void SumRowsReference(KernelCase c)
    {
        double[] x = c.Values("x"), y = c.Output("y"), magnitude = c.Magnitude("y");
        for (int i = 0; i < x.Length; i++)
        {
            y[i % y.Length] += x[i];
            magnitude[i % y.Length] += x[i] * x[i];
        }

        for (int i = 0; i < y.Length; i++)
            magnitude[i] = Math.Sqrt(magnitude[i]);
    }
}
