using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Copies that round.</content>
public static partial class Elementwise
{
    /// <summary>
    /// y = x, rounded to the element type of <paramref name="y"/> (to nearest even): how values enter a cache. NaN stays NaN.
    /// </summary>
    /// <param name="x">[rows, cols].</param>
    /// <param name="y">Output, [rows, cols]; apart from <paramref name="x"/>.</param>
    /// <param name="block">Columns a program.</param>
    /// <typeparam name="T">Element type of the output.</typeparam>
    [Kernel]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(CopyReference))]
    [Tolerance(typeof(float), 0)]
    [Tolerance(typeof(Half), 6e-4)]
    [Tolerance(typeof(BFloat16), 5e-3)]
    public static void Copy<[Elements(typeof(float), typeof(Half), typeof(BFloat16))] T>(
        [Shape("rows", "cols")] View2<float> x,
        [Shape("rows", "cols")] View2<T> y,
        [Schedule(Cpu = 4096, OpenCl = 256, Cuda = 2048)] int block)
        where T : unmanaged
    {
        int row = ProgramId(1, x.Extent0);
        var cols = ProgramRange(0, x.Extent1, block);
        y.Store(row, cols, x.Load(row, cols));
    }

    private static void CopyReference(KernelCase c) => c.Values("x").CopyTo(c.Output("y"), 0);
}
