using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Softmax of few long rows by a whole GPU: second half.</content>
public static partial class Probabilities
{
    /// <summary>
    /// The probabilities of <see cref="Softmax"/>, from what <see cref="SoftmaxParts"/> left of the parts, each of which a program of its own completes. <paramref name="y"/> may be <paramref name="x"/>.
    /// </summary>
    /// <param name="x">Logits, [rows, cols].</param>
    /// <param name="max">Largest logits, [rows, parts].</param>
    /// <param name="sum">Sums, [rows, parts].</param>
    /// <param name="y">Output, [rows, cols].</param>
    /// <param name="block">Columns taken at a time.</param>
    [Kernel(CudaWorkGroup = 256, ApproximateExp = true)]
    [Axis("rows", 1, 3)]
    [Axis("cols", 1, 7, 9, 31, 33, 127, 255, 4095)]
    [Axis("parts", 1, 2, 7, 33)]
    [Inputs(nameof(PartsInputs))]
    [Reference(nameof(SoftmaxOfPartsReference))]
    [Tolerance(typeof(float), 4e-6)]
    public static void SoftmaxOfParts(
        [Shape("rows", "cols")] View2<float> x, [Shape("rows", "parts")] View2<float> max, [Shape("rows", "parts")] View2<float> sum,
        [Shape("rows", "cols")] View2<float> y, [Schedule(Cpu = 1024, OpenCl = 1024, Cuda = 2048)] int block)
    {
        int row = ProgramId(0, x.Extent0);
        int part = ProgramId(1, max.Extent1);
        int share = CeilDiv(x.Extent1, max.Extent1);
        int end = Min((part + 1) * share, x.Extent1);
        var (top, total) = OfParts(max, sum, row);
        float scale = total == 0 ? 0 : 1 / total;
        for (int start = part * share; start < end; start += block)
        {
            var cols = Range(start, block, end);
            y.Store(row, cols, Exp(x.Load(row, cols) - top) * scale);
        }
    }

    private static void SoftmaxOfPartsReference(KernelCase c) => OfPartsReference(c, (x, top, total) => Math.Exp(x - top) / total);

    // What the second halves make of a logit, the largest of its row and the row's sum.
    private static void OfPartsReference(KernelCase c, Func<double, double, double, double> result)
    {
        double[] x = c.Values("x"), max = c.Values("max"), sum = c.Values("sum"), y = c.Output("y");
        int rows = c.Extent("x", 0), cols = c.Extent("x", 1), parts = c.Extent("max", 1);
        for (int row = 0; row < rows; row++)
        {
            double top = Enumerable.Range(0, parts).Max(part => max[(row * parts) + part]);
            double total = Enumerable.Range(0, parts).Sum(part => sum[(row * parts) + part] * Math.Exp(max[(row * parts) + part] - top));
            for (int i = row * cols; i < (row + 1) * cols; i++)
                y[i] = result(x[i], top, total);
        }
    }
}
