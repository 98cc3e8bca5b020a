// KF0006 13:17

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View2<float> m, View1<float> y)
    {
        var i = Range(0, m.Extent0);
        var t = Row(Row(i));
        y.Store(0, 1f);
    }
}
