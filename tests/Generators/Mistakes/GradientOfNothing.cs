// KF0029 10:6

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    [Differentiable("z")]
    public static void Bad(View1<float> x, View1<float> y)
    {
        int i = ProgramId(0, x.Extent0);
        y.Store(i, x.Load(i));
    }
}
