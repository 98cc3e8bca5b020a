// KF0029 16:48

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    [Differentiable(nameof(weight))]
    public static void Bad(View2<float> x, View1<float> weight, View2<float> y)
    {
        int row = ProgramId(0, x.Extent0);
        var cols = Range(0, x.Extent1);
        var more = weight.Load(Range(0, Min(1, weight.Extent0)));
        y.Store(row, cols, x.Load(row, cols) * weight.Load(cols) * Sum(more));
    }
}
