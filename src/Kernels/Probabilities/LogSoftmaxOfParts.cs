using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The logarithm of softmax of few long rows by a whole GPU: second half.</content>
public static partial class Probabilities
{
    /// <summary>
    /// The logarithms of <see cref="LogSoftmax"/>, from what <see cref="SoftmaxParts"/> left of the parts, each of which a program of its own completes. <paramref name="y"/> may be <paramref name="x"/>.
    /// </summary>
    /// <param name="x">Logits, [rows, cols].</param>
    /// <param name="max">Largest logits, [rows, parts].</param>
    /// <param name="sum">Sums, [rows, parts].</param>
    /// <param name="y">Output, [rows, cols].</param>
    /// <param name="block">Columns taken at a time.</param>
    [Kernel(CudaWorkGroup = 256)]
    [Axis("rows", 1, 3)]
    [Axis("cols", 1, 7, 9, 31, 33, 127, 255, 4095)]
    [Axis("parts", 1, 2, 7, 33)]
    [Inputs(nameof(PartsInputs))]
    [Reference(nameof(LogSoftmaxOfPartsReference))]
    [Tolerance(typeof(float), 1e-6)]
    public static void LogSoftmaxOfParts(
        [Shape("rows", "cols")] View2<float> x, [Shape("rows", "parts")] View2<float> max, [Shape("rows", "parts")] View2<float> sum,
        [Shape("rows", "cols")] View2<float> y, [Schedule(Cpu = 1024, OpenCl = 1024, Cuda = 2048)] int block)
    {
        int row = ProgramId(0, x.Extent0);
        int part = ProgramId(1, max.Extent1);
        int share = CeilDiv(x.Extent1, max.Extent1);
        int end = Min((part + 1) * share, x.Extent1);
        var (top, total) = OfParts(max, sum, row);
        float log = total == 0 ? 0 : Log(total);
        for (int start = part * share; start < end; start += block)
        {
            var cols = Range(start, block, end);
            y.Store(row, cols, x.Load(row, cols) - top - log);
        }
    }

    private static void LogSoftmaxOfPartsReference(KernelCase c) => OfPartsReference(c, (x, top, total) => x - top - Math.Log(total));
}
