using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Bounding values smoothly.</content>
public static partial class Elementwise
{
    /// <summary>
    /// Values bent into (-cap, cap): y = cap tanh(x / cap) (Gemma 2, 2024, section 2). NaN gives NaN. <paramref name="y"/> may be
    /// <paramref name="x"/>.
    /// </summary>
    /// <param name="x">[rows, cols].</param>
    /// <param name="y">Output, [rows, cols].</param>
    /// <param name="cap">The bound; positive.</param>
    /// <param name="block">Columns a program.</param>
    [Kernel]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(SoftCapReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void SoftCap(
        [Shape("rows", "cols")] View2<float> x,
        [Shape("rows", "cols")] View2<float> y,
        [Value(1.5f)] float cap,
        [Schedule(Cpu = 4096, OpenCl = 256, Cuda = 2048)] int block)
    {
        int row = ProgramId(1, x.Extent0);
        var cols = ProgramRange(0, x.Extent1, block);
        y.Store(row, cols, cap * Tanh(x.Load(row, cols) / cap));
    }

    private static void SoftCapReference(KernelCase c)
    {
        double[] x = c.Values("x"), y = c.Output("y");
        double cap = c.Scalar("cap");
        for (int i = 0; i < y.Length; i++)
            y[i] = cap * Math.Tanh(x[i] / cap);
    }
}
