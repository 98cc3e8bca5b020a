// KF0006 14:20

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        var i = Range(0, x.Extent0);
        var j = Range(0, y.Extent0);
        y.Store(j, Where(i < n, x.Load(i), y.Load(j)));
    }
}
