// KF0006 13:24

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        var i = Range(0, x.Extent0);
        y.Store(0, Sum(Sum(x.Load(i), axis: 0)));
    }
}
