using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Setting to one value.</content>
public static partial class Elementwise
{
    /// <summary>Every element of y = value: what sums that launches add to begin with.</summary>
    /// <param name="y">Output, [rows, cols].</param>
    /// <param name="value">The value.</param>
    /// <param name="block">Columns a program.</param>
    [Kernel]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(FillReference))]
    [Tolerance(typeof(float), 0)]
    public static void Fill(
        [Shape("rows", "cols")] View2<float> y,
        [Value(0.75f)] float value,
        [Schedule(Cpu = 4096, OpenCl = 256, Cuda = 2048)] int block)
    {
        int row = ProgramId(1, y.Extent0);
        var cols = ProgramRange(0, y.Extent1, block);
        y.Store(row, cols, Full(value, cols));
    }

    private static void FillReference(KernelCase c) => Array.Fill(c.Output("y"), c.Scalar("value"));
}
