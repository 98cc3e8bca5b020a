// KF0006 14:20

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View2<float> m, View1<float> y)
    {
        var i = Range(0, m.Extent0);
        var j = Range(0, m.Extent1);
        y.Store(i, Sum(m.Load(i, j), axis: 2));
    }
}
