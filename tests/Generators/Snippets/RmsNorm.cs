using System;
using KernelFoundry;
using static KernelFoundry.Ops;

namespace Samples;

public static partial class Normalization
{
    /// <summary>Root-mean-square normalization of the rows of [rows, cols].</summary>
    [Kernel]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Tolerance(typeof(float), 2e-6)]
    public static void RmsNorm<[Elements(typeof(float), typeof(Half), typeof(BFloat16))] T>(
        [Shape("rows", "cols")] View2<T> x,
        [Shape("cols")] View1<float> weight,
        [Shape("rows", "cols")] View2<T> y,
        [Value(1e-5f)] float epsilon)
        where T : unmanaged
    {
        int row = ProgramId(0, x.Extent0);
        var cols = Range(0, x.Extent1);
        var v = x.Load(row, cols);
        float scale = Rsqrt(Sum(v * v) / x.Extent1 + epsilon);
        y.Store(row, cols, v * scale * weight.Load(cols));
    }
}
