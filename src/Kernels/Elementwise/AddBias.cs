using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Adding one number a column.</content>
public static partial class Elementwise
{
    /// <summary>y[r, c] = x[r, c] + bias[c]. NaN in either gives NaN. <paramref name="y"/> may be <paramref name="x"/>.</summary>
    /// <param name="x">[rows, cols].</param>
    /// <param name="bias">[cols].</param>
    /// <param name="y">Output, [rows, cols].</param>
    /// <param name="block">Columns a program.</param>
    [Kernel]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(AddBiasReference))]
    [Tolerance(typeof(float), 1e-7)]
    public static void AddBias(
        [Shape("rows", "cols")] View2<float> x,
        [Shape("cols")] View1<float> bias,
        [Shape("rows", "cols")] View2<float> y,
        [Schedule(Cpu = 4096, OpenCl = 256, Cuda = 2048)] int block)
    {
        int row = ProgramId(1, x.Extent0);
        var cols = ProgramRange(0, x.Extent1, block);
        y.Store(row, cols, x.Load(row, cols) + bias.Load(cols));
    }

    private static void AddBiasReference(KernelCase c)
    {
        double[] x = c.Values("x"), bias = c.Values("bias"), y = c.Output("y");
        for (int i = 0; i < y.Length; i++)
            y[i] = x[i] + bias[i % bias.Length];
    }
}
