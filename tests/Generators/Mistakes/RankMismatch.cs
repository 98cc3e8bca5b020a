// KF0006 14:23

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View2<float> m, View1<float> x)
    {
        var i = Range(0, m.Extent0);
        var j = Range(0, m.Extent1);
        m.Store(i, j, m.Load(i, j) * x.Load(j));
    }
}
