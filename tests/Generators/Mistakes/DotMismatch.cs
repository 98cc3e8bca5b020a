// KF0006 15:23

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View2<float> a, View2<float> b, View2<float> c)
    {
        var i = Range(0, a.Extent0);
        var k = Range(0, a.Extent1);
        var j = Range(0, b.Extent0);
        c.Store(i, j, Dot(a.Load(i, k), b.Load(j, k)));
    }
}
