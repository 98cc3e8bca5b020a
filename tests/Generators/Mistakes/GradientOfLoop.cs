// KF0029 14:9

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    [Differentiable(nameof(x))]
    public static void Bad(View2<float> x, View1<float> y)
    {
        float sum = 0f;
        for (int i = 0; i < x.Extent1; i++)
            sum += x.Load(0, i);
        y.Store(ProgramId(0, 1), sum);
    }
}
