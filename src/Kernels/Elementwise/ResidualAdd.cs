using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The residual connection.</content>
public static partial class Elementwise
{
    /// <summary>
    /// y = x + residual, added in float and rounded once. NaN in either gives NaN. <paramref name="y"/> may be <paramref name="x"/> or
    /// <paramref name="residual"/>.
    /// </summary>
    /// <param name="x">[rows, cols].</param>
    /// <param name="residual">[rows, cols].</param>
    /// <param name="y">Output, [rows, cols].</param>
    /// <param name="block">Columns a program.</param>
    /// <typeparam name="T">Element type of the activations.</typeparam>
    [Kernel]
    [Differentiable(nameof(x), nameof(residual), Tolerance = 1e-7)]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(ResidualAddReference))]
    [Tolerance(typeof(float), 1e-7)]
    [Tolerance(typeof(Half), 6e-4)]
    [Tolerance(typeof(BFloat16), 5e-3)]
    public static void ResidualAdd<[Elements(typeof(float), typeof(Half), typeof(BFloat16))] T>(
        [Shape("rows", "cols")] View2<T> x,
        [Shape("rows", "cols")] View2<T> residual,
        [Shape("rows", "cols")] View2<T> y,
        [Schedule(Cpu = 4096, OpenCl = 256, Cuda = 2048)] int block)
        where T : unmanaged
    {
        int row = ProgramId(1, x.Extent0);
        var cols = ProgramRange(0, x.Extent1, block);
        y.Store(row, cols, x.Load(row, cols) + residual.Load(row, cols));
    }

    private static void ResidualAddReference(KernelCase c)
    {
        double[] x = c.Values("x"), residual = c.Values("residual"), y = c.Output("y");
        for (int i = 0; i < y.Length; i++)
            y[i] = x[i] + residual[i];
    }
}
