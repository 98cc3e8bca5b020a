// KF0014 13:24

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View3<float> c, View1<float> y)
    {
        var i = Range(0, 4);
        y.Store(0, Sum(c.Load(i, i, i)));
    }
}
