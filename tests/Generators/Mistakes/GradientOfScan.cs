// KF0029 15:28

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    [Differentiable(nameof(x))]
    public static void Bad(View2<float> x, View2<float> y)
    {
        int row = ProgramId(0, x.Extent0);
        var cols = Range(0, x.Extent1);
        y.Store(row, cols, CumSum(x.Load(row, cols)));
    }
}
