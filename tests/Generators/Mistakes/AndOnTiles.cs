// KF0005 14:13

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        var i = Range(0, x.Extent0);
        var v = x.Load(i);
        if (v < 0f && v > -1f)
            y.Store(i, v);
    }
}
