using System;
using KernelFoundry;
using static KernelFoundry.Ops;

namespace Samples;

public static partial class Attention
{
    /// <summary>Softmax along the rows of [rows, cols].</summary>
    [Kernel]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 31, 32, 33, 4095)]
    [Reference(nameof(SoftmaxReference))]
    [Tolerance(typeof(float), 1e-5)]
    public static void Softmax<[Elements(typeof(float), typeof(Half))] T>([Shape("rows", "cols")] View2<T> x, [Shape("rows", "cols")] View2<T> y)
        where T : unmanaged
    {
        int row = ProgramId(0, x.Extent0);
        var cols = Range(0, x.Extent1);
        var v = x.Load(row, cols);
        var e = Exp(v - Max(v));
        y.Store(row, cols, e / Sum(e));
    }

    private static void SoftmaxReference(KernelCase c)
    {
    }
}
