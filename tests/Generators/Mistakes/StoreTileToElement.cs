// KF0014 14:28

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View2<float> m)
    {
        var i = Range(0, x.Extent0);
        var v = x.Load(i);
        m.Store(Col(i), 0, Row(v));
    }
}
