using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The residual connection of an expert that all tokens share.</content>
public static partial class Mixtures
{
    /// <summary>
    /// y = residual + sigmoid(gate) x, one gate a row (Qwen1.5-MoE, 2024). NaN in any gives NaN. <paramref name="y"/> may be <paramref name="residual"/> or
    /// <paramref name="x"/>.
    /// </summary>
    /// <param name="x">[rows, cols].</param>
    /// <param name="gate">[rows, 1].</param>
    /// <param name="residual">[rows, cols].</param>
    /// <param name="y">Output, [rows, cols].</param>
    /// <param name="block">Columns a program.</param>
    [Kernel]
    [Axis("rows", 1, 7, 33)]
    [Axis("one", 1)]
    [Axis("cols", 1, 7, 8, 31, 33, 127, 4095)]
    [Reference(nameof(AddGatedReference))]
    [Tolerance(typeof(float), 1e-6)]
    public static void AddGated(
        [Shape("rows", "cols")] View2<float> x,
        [Shape("rows", "one")] View2<float> gate,
        [Shape("rows", "cols")] View2<float> residual,
        [Shape("rows", "cols")] View2<float> y,
        [Schedule(Cpu = 4096, OpenCl = 256, Cuda = 2048)] int block)
    {
        int row = ProgramId(1, x.Extent0);
        var cols = ProgramRange(0, x.Extent1, block);
        var share = Sigmoid(gate.Load(row, Range(0, 1)));
        y.Store(row, cols, residual.Load(row, cols) + (x.Load(row, cols) * Sum(share)));
    }

    private static void AddGatedReference(KernelCase c)
    {
        double[] x = c.Values("x"), gate = c.Values("gate"), residual = c.Values("residual"), y = c.Output("y"), magnitude = c.Magnitude("y");
        int cols = c.Extent("x", 1);
        for (int i = 0; i < y.Length; i++)
        {
            double term = x[i] / (1 + Math.Exp(-gate[i / cols]));
            y[i] = residual[i] + term;
            magnitude[i] = Math.Abs(residual[i]) + Math.Abs(term);
        }
    }
}
