using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The residual connection of models that weigh it.</content>
public static partial class Elementwise
{
    /// <summary>
    /// y = residual + factor x, rounded once. NaN in either gives NaN. <paramref name="y"/> may be <paramref name="x"/> or
    /// <paramref name="residual"/>.
    /// </summary>
    /// <param name="x">[rows, cols].</param>
    /// <param name="residual">[rows, cols].</param>
    /// <param name="y">Output, [rows, cols].</param>
    /// <param name="factor">Weight of x.</param>
    /// <param name="block">Columns a program.</param>
    [Kernel]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(AddScaledReference))]
    [Tolerance(typeof(float), 2e-7)]
    public static void AddScaled(
        [Shape("rows", "cols")] View2<float> x,
        [Shape("rows", "cols")] View2<float> residual,
        [Shape("rows", "cols")] View2<float> y,
        [Value(0.22f)] float factor,
        [Schedule(Cpu = 4096, OpenCl = 256, Cuda = 2048)] int block)
    {
        int row = ProgramId(1, x.Extent0);
        var cols = ProgramRange(0, x.Extent1, block);
        y.Store(row, cols, Fma(x.Load(row, cols), Full(factor, cols), residual.Load(row, cols)));
    }

    private static void AddScaledReference(KernelCase c)
    {
        double[] x = c.Values("x"), residual = c.Values("residual"), y = c.Output("y"), magnitude = c.Magnitude("y");
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = residual[i] + (x[i] * c.Scalar("factor"));
            magnitude[i] = Math.Abs(residual[i]) + Math.Abs(x[i] * c.Scalar("factor"));
        }
    }
}
