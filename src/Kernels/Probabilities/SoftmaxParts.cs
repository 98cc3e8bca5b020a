using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Softmax of few long rows, such as one over a vocabulary, by a whole GPU: first half.</content>
public static partial class Probabilities
{
    // Below it a program has too little to do for what starting one costs.
    private const int LeastPart = 2048;

    /// <summary>
    /// How many parts rows are best cut into for <see cref="SoftmaxParts"/> and <see cref="Sampling.ArgMaxParts"/>: two programs a compute unit, of at least 2048 columns each. 1 where
    /// <see cref="Softmax"/> alone does as well: for many rows, for short ones, and on the host.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="cols">Columns.</param>
    /// <returns>The number of parts, 1 to 256.</returns>
    public static int PartsOf(Device device, int rows, int cols)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(cols);
        if (!device.Info.IsAccelerator || rows == 0)
            return 1;
        return Math.Clamp(Math.Min(2 * device.Info.ComputeUnits / rows, cols / LeastPart), 1, 256);
    }

    /// <summary>
    /// Of every part of every row the largest logit and the sum of exp(x - largest): what <see cref="SoftmaxOfParts"/> and <see cref="LogSoftmaxOfParts"/> make the result of. The columns of
    /// a row are cut into equal parts, the last of which may be shorter or empty; a part that is empty, or -inf throughout, leaves -inf and 0, one with a NaN or +inf a sum that is NaN. A
    /// row's parts run beside each other, so that a GPU has something to do for one row.
    /// </summary>
    /// <param name="x">Logits, [rows, cols].</param>
    /// <param name="max">Output: largest logits, [rows, parts].</param>
    /// <param name="sum">Output: sums, [rows, parts].</param>
    /// <param name="block">Columns taken at a time.</param>
    [Kernel(CudaWorkGroup = 256, ApproximateExp = true)]
    [Axis("rows", 1, 3)]
    [Axis("cols", 1, 7, 9, 31, 33, 127, 255, 4095)]
    [Axis("parts", 1, 2, 7, 33)]
    [Reference(nameof(SoftmaxPartsReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void SoftmaxParts(
        [Shape("rows", "cols")] View2<float> x, [Shape("rows", "parts")] View2<float> max, [Shape("rows", "parts")] View2<float> sum,
        [Schedule(Cpu = 1024, OpenCl = 1024, Cuda = 2048)] int block)
    {
        int row = ProgramId(0, x.Extent0);
        int part = ProgramId(1, max.Extent1);
        int share = CeilDiv(x.Extent1, max.Extent1);
        var (m, s) = Normalizer(x, row, part * share, Min((part + 1) * share, x.Extent1), block);
        max.Store(row, part, m);
        sum.Store(row, part, s);
    }

    private static void SoftmaxPartsReference(KernelCase c) => PartsOf(c, c.Output("max"), c.Output("sum"));

    // What the second halves are given: the parts of the very logits. A measurement draws no floats.
    private static void PartsInputs(KernelCase c)
    {
        if (c.Has("max"))
            PartsOf(c, c.Values("max"), c.Values("sum"));
    }

    private static void PartsOf(KernelCase c, double[] max, double[] sum)
    {
        double[] x = c.Values("x");
        int cols = c.Extent("x", 1), parts = c.Extent("max", 1), share = (cols + parts - 1) / parts;
        for (int i = 0; i < max.Length; i++)
        {
            int row = i / parts, first = i % parts * share, end = Math.Min(first + share, cols);
            max[i] = double.NegativeInfinity;
            for (int col = first; col < end; col++)
                max[i] = Math.Max(max[i], x[(row * cols) + col]);
            sum[i] = 0;
            for (int col = first; col < end; col++)
                sum[i] += Math.Exp(x[(row * cols) + col] - max[i]);
        }
    }
}
